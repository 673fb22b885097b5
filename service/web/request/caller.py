"""Who calls and from where, as far as it cannot be forged.

The caller's address, the scheme and the host are those of the WSGI environment, which `service.app`
corrects by what a trusted proxy saw. Nothing here reads `X-Forwarded-*`.
"""

from hmac import compare_digest

from flask import request

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def client_ip() -> str:
    """Return the caller's address."""
    return request.remote_addr or ""


def shows_login(*logins: str) -> bool:
    """Tell whether the caller shows one of these logins (`user:password`) by HTTP Basic."""
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    shown = f"{given.username}:{given.password}".encode()
    # Every login is compared, so that the time taken tells nothing about which one is near.
    return sum(compare_digest(shown, login.encode()) for login in logins) > 0


def is_cross_site() -> bool:
    """Tell whether another site's page makes a browser change something here."""
    if request.method not in _UNSAFE:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin != request.host_url.rstrip("/")
