"""The IP address of a browser (`client_ip_address`)."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address

# The first octets, and the first 16 bits, of the special networks (IANA: IPv4 and IPv6
# Special-Purpose Address Registries; IPv6 addresses are given out below 2000::/3 alone).
_SPECIAL_OCTETS = frozenset({0, 10, 100, 127, 169, 172, 192, 198, 203, *range(224, 256)})
_FIRST_ORDINARY, _LAST_ORDINARY = 0x2003, 0x3FFE
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"(?:::ffff:)?(({_OCTET})(?:\.{_OCTET}){{3}})")
_BETWEEN_ADDRESSES = re.compile(r"[\s,;]+")
_IN_BRACKETS = re.compile(r"\[([^\]]*)\](?::[0-9]+)?")
_IPV4_WITH_PORT = re.compile(r"([0-9.]+):[0-9]+")


def public_ip(raw: str | None) -> str | None:
    """Return the first public address of a list in its shortest form, or `None` if there is none.

    A proxy puts the shopper first and its own addresses behind. Ports, brackets and zone ids go,
    and IPv4 inside IPv6 (`::ffff:`) is unwrapped. A till's or an office's private address says
    nothing about the shopper (Meta: Customer Information Parameters, `client_ip_address`).
    """
    if raw is None:
        return None
    if plain := _ordinary_ipv4(raw):
        return plain
    addresses = map(_public, _BETWEEN_ADDRESSES.split(raw))
    return next(filter(None, addresses), None)


def _ordinary_ipv4(text: str) -> str | None:
    """Return the IPv4 address that is the whole text, unless a special network may have it.

    It is what `_public` returns, without making an object of the address.
    """
    match = _IPV4.fullmatch(text)
    return match[1] if match and int(match[2]) not in _SPECIAL_OCTETS else None


def _public(text: str) -> str | None:
    try:
        address = _read(text)
    except ValueError:
        return None
    is_public = _is_ordinary(address) or (address.is_global and not address.is_multicast)
    return str(address) if is_public else None


def _is_ordinary(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether no special network begins like the address: none needs to be compared."""
    if isinstance(address, IPv4Address):
        return address.packed[0] not in _SPECIAL_OCTETS
    return _FIRST_ORDINARY <= int(address) >> 112 <= _LAST_ORDINARY


def _read(text: str) -> IPv4Address | IPv6Address:
    host = text.strip("\"'")
    if match := _IN_BRACKETS.fullmatch(host) or _IPV4_WITH_PORT.fullmatch(host):
        host = match[1]
    address = ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
