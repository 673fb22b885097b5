"""Who owns a domain: one business, or a provider whose customers share it."""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

from service.domain.identity.mail_providers import DOMAINS, NAMES_UNDER_ANY_SUFFIX

# RFC 2606 reserves these for documentation and tests: nobody owns them.
_NOBODYS = frozenset({"example.com", "example.net", "example.org"})


def ascii_host(host: str) -> str:
    """Return the host in lower case and as the DNS has it: `Château.fr` → `xn--chteau-xta.fr`."""
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode().lower()
    except UnicodeError:  # an empty label, or one above 63 characters
        return host.lower()


def is_open_to_all(domain: str) -> bool:
    """Tell whether strangers have addresses here: a public suffix, or a provider of mailboxes.

    Public suffixes are those of publicsuffix.org, its private section (`myshopify.com`) included.
    `domain` is an `ascii_host`.
    """
    return is_public_suffix(domain) or _is_mail_provider(domain)


def is_public_suffix(domain: str) -> bool:
    """Tell whether anyone may register a name below this domain (publicsuffix.org)."""
    return _suffixes().is_public(domain)


@lru_cache(maxsize=1000)  # of shops' hosts, never of people's
def owner_domain(host: str) -> str | None:
    """Return the domain whose every mailbox belongs to the owner of `host`, an `ascii_host`.

    `winery.co.uk` for `shop.winery.co.uk`. `None` where the domain above the host is shared by
    strangers: at a provider of mailboxes, at universities (`.edu`, `.ac.uk`), whose students are
    customers of the college's winery, and at the domains that RFC 2606 reserves.
    """
    domain: str | None = _suffixes().privatesuffix(host)
    if domain is None or domain in _NOBODYS:
        return None
    return None if _is_mail_provider(domain) or _is_academic(domain) else domain


def _is_mail_provider(domain: str) -> bool:
    registered = _suffixes().privatesuffix(domain)
    if registered is None:
        return False
    return registered in DOMAINS or registered.partition(".")[0] in NAMES_UNDER_ANY_SUFFIX


def _is_academic(domain: str) -> bool:
    *higher, top = domain.split(".")[1:]
    return top == "edu" or "edu" in higher or "ac" in higher


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()  # the list inside the package; it is never fetched
