"""What is known of the caller that cannot be forged: address, login, cross-site requests.

Address, scheme and host come from the WSGI environment, which `service.app` corrects behind a
trusted proxy. Nothing here reads `X-Forwarded-*`.
"""

from hmac import compare_digest
from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import request

_FRAMES = frozenset({"", "iframe", "frame"})
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def client_ip() -> str:
    """Return the caller's address."""
    return request.remote_addr or ""


def client_network() -> str:
    """Return the caller's network, the key of a limit: its IPv4 address, or the /64 of its IPv6.

    One IPv6 subscriber has all addresses of a /64 at least (RFC 6177), so single addresses would
    limit none. IPv4 inside IPv6 (`::ffff:`) is unwrapped. All texts that are no address are one.
    """
    return _network(ipv4_bits=32, ipv6_bits=64)


def logged_network() -> str:
    """Return the caller's network for the log, too wide to name a person: a /24, or a /48."""
    return _network(ipv4_bits=24, ipv6_bits=48)


def _network(*, ipv4_bits: int, ipv6_bits: int) -> str:
    try:
        address: IPv4Address | IPv6Address = ip_address(client_ip().partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    found = mapped or address
    bits = ipv4_bits if isinstance(found, IPv4Address) else ipv6_bits
    host_bits = found.max_prefixlen - bits
    first = type(found)(int(found) >> host_bits << host_bits)
    return f"{first}/{bits}"


def shows_login(*logins: str) -> bool:
    """Tell whether the caller sent one of these logins (`user:password`) by HTTP Basic."""
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    shown = f"{given.username}:{given.password}".encode()
    # All logins are compared, so that the time taken does not reveal a match.
    return sum(compare_digest(shown, login.encode()) for login in logins) > 0


def is_elsewhere_than_in_a_frame() -> bool:
    """Tell whether a browser says that it loads this for anything but a frame.

    A tab of its own says `document`, a script's request `empty` (Fetch Metadata: Sec-Fetch-Dest).
    A browser that says nothing is an older one, and is believed.
    """
    return request.headers.get("Sec-Fetch-Dest", "").strip() not in _FRAMES


def is_cross_site() -> bool:
    """Tell whether a browser sends this write for a page of another site."""
    if request.method not in _UNSAFE:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin != request.host_url.rstrip("/")
