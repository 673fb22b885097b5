"""Who calls and from where, as far as it cannot be forged."""

from hmac import compare_digest

from flask import request

from service.web.current import settings

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def client_ip() -> str:
    """Return the caller's address.

    Google's front end appends it to whatever the caller claims, and a load balancer appends its
    own behind that (Cloud Run and Cloud Load Balancing: `X-Forwarded-For`).
    """
    claimed = request.headers.get("X-Forwarded-For", "").split(",")
    hops = settings().trusted_proxy_hops
    nearest = claimed[-1 - hops].strip() if len(claimed) > hops else ""
    return nearest or request.remote_addr or ""


def shows_login(*logins: str) -> bool:
    """Tell whether the caller shows one of these logins (`user:password`) by HTTP Basic."""
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    shown = f"{given.username}:{given.password}".encode()
    # Every login is compared, so that the time taken tells nothing about which one is near.
    return sum(compare_digest(shown, login.encode()) for login in logins) > 0


def is_from_elsewhere() -> bool:
    """Tell whether another site's page makes a browser change something here."""
    if request.method not in _UNSAFE:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin != request.host_url.rstrip("/")
