"""What is known of the caller that cannot be forged: address, login, cross-site requests.

Address, scheme and host come from the WSGI environment, which `service.app` corrects behind a
trusted proxy. Nothing here reads `X-Forwarded-*`.
"""

from hmac import compare_digest
from ipaddress import IPv6Address, IPv6Network, ip_address

from flask import request

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SUBNET_BITS = 64


def client_ip() -> str:
    """Return the caller's address."""
    return request.remote_addr or ""


def client_network() -> str:
    """Return the caller's network, the key of a limit: its IPv4 address, or the /64 of its IPv6.

    One IPv6 subscriber has all addresses of a /64 at least (RFC 6177), so single addresses would
    limit nobody. IPv4 inside IPv6 (`::ffff:`) is unwrapped. Whatever is no address is one network.
    """
    try:
        address = ip_address(client_ip().partition("%")[0])
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, _SUBNET_BITS), strict=False))


def shows_login(*logins: str) -> bool:
    """Tell whether the caller sent one of these logins (`user:password`) by HTTP Basic."""
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    shown = f"{given.username}:{given.password}".encode()
    # All logins are compared, so that the time taken does not reveal a match.
    return sum(compare_digest(shown, login.encode()) for login in logins) > 0


def is_cross_site() -> bool:
    """Tell whether a browser sends this write for a page of another site."""
    if request.method not in _UNSAFE:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin != request.host_url.rstrip("/")
