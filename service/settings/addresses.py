"""What a URL of the settings leads to: this machine, or one that everybody can reach. No DNS."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from service.domain.identity.domains import is_public_suffix

DEFAULT_BASE_URL = "http://localhost:8080"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""The spellings of this machine that a local run may use. Every other one is refused."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{4,253}}$){_LABEL}(?:\.{_LABEL})+")
# A last label like these makes the host an IPv4 address (WHATWG: URL, "Host parsing").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
# Never delegated to anyone: RFC 6761, 6762, 7686, 8375, and ICANN's .internal. The others are what
# private networks call themselves.
_PRIVATE = frozenset(
    {"localhost", "local", "test", "invalid", "onion", "internal", "home", "lan", "corp"}
    | {"intranet", "private", "localdomain"}
)
_HOME = ".home.arpa"


def is_loopback(url: str) -> bool:
    """Tell whether this URL's host is the machine itself, in one of the plain spellings."""
    parts = _parts(url)
    return parts is not None and parts.hostname in LOOPBACK


def is_local_run(environ: Mapping[str, str]) -> bool:
    """Tell whether these variables are a local run's, which only this machine may reach."""
    return is_loopback(environ.get("BASE_URL", "").strip() or DEFAULT_BASE_URL)


def address_fault(url: str) -> str | None:
    """Return why this is no `https` address that everybody can reach, and what to do."""
    parts = _parts(url)
    if parts is None:
        return "is no web address; write it like https://host.example/path"
    if parts.scheme != "https":
        return "is not encrypted; write it with https://"
    if "@" in parts.netloc or "\\" in url:
        return "holds a login; write the address without it"
    if "?" in url or "#" in url or re.search(r"\s", url):
        return "goes on after its path; write it without ?, # and blanks"
    return _host_fault(parts.hostname or "")


def ancestor_fault(source: str) -> str | None:
    """Return why this is no site that may frame the dashboard, and what to do.

    A wildcard stands for the names below one registered domain (W3C: Content Security Policy 3,
    "host-source").
    """
    source = source.lower()
    wildcard = source.startswith("https://*.")
    url = source.replace("*.", "", 1) if wildcard else source
    if "://" not in source or "*" in url:
        return "is no site of one owner; write sites like https://*.admin.example.com"
    if fault := address_fault(url):
        return fault
    parts = urlsplit(url)
    if parts.path not in {"", "/"}:
        return "names a page; write the site alone, like https://admin.example.com"
    if wildcard and is_public_suffix(parts.hostname or ""):
        return "lets sites of many owners frame the dashboard; name a domain of one owner"
    return None


def _parts(url: str) -> SplitResult | None:
    """Return the URL's parts; `None` if it has no host, or a port that is none."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        return None
    return parts if parts.hostname and has_port else None


def _host_fault(host: str) -> str | None:
    if host in LOOPBACK or _is_ip(host):
        return "names a machine by its number, or this machine; write the name others know it by"
    if not _NAME.fullmatch(host):
        return "has no complete host name; write it like host.example, without a dot at its end"
    last = host.rpartition(".")[2]
    if last in _PRIVATE or host.endswith(_HOME) or _NUMBER.fullmatch(last):
        return "is reached from this machine or a private network alone; write the public name"
    return None


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
