"""What is known of the caller that cannot be forged: address, login, cross-site requests.

Address, scheme and host come from the WSGI environment, which `service.app` corrects behind a
trusted proxy. Nothing here reads `X-Forwarded-*`.
"""

from hmac import compare_digest

from flask import request

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def client_ip() -> str:
    """Return the caller's address."""
    return request.remote_addr or ""


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
