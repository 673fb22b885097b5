"""Where a request comes from, as far as it cannot be forged."""

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


def is_from_elsewhere() -> bool:
    """Tell whether another site's page makes a browser change something here."""
    if request.method not in _UNSAFE:
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin != request.host_url.rstrip("/")
