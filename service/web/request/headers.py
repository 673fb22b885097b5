"""Security headers of every answer."""

import re

from flask import Response, g, request

from service.web.request.assets import asset
from service.web.request.current import settings

# It fits the frame to its content (Commerce7: App extensions).
_FRAME_SCRIPT = "https://dev-center.platform.commerce7.com/v2/commerce7.js"
_ALWAYS = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_NOTHING = "'none'"
_FRAMED = frozenset({"frame.page"})
_CACHED = frozenset({"static", "snippet.script"})
_FAILURES = 400
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")


def own_script(name: str) -> str:
    """Return the address of one of our scripts for a page, and allow this page to run it."""
    address = asset(name)
    _allow(f"{_origin()}{address}")
    return address


def frame_script() -> str:
    """Return the address of Commerce7's script for a page, and allow this page to run it."""
    _allow(_FRAME_SCRIPT)
    return _FRAME_SCRIPT


def add_security_headers(response: Response) -> Response:
    """Add the security headers; only Commerce7's admin may frame the dashboard.

    A page may run the very scripts that it names and no others.
    """
    endpoint = request.endpoint
    scripts = " ".join(g.get("scripts", ())) or _NOTHING
    ancestors = " ".join(settings().frame_ancestors) if endpoint in _FRAMED else ""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    if endpoint not in _CACHED or response.status_code >= _FAILURES:
        headers["Cache-Control"] = "no-store"
    headers["Content-Security-Policy"] = (
        f"{_ALWAYS}; script-src {scripts}; frame-ancestors {ancestors or _NOTHING}"
    )
    headers["Referrer-Policy"] = "no-referrer"
    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    return response


def _allow(address: str) -> None:
    g.scripts = dict.fromkeys((*g.get("scripts", ()), address))


def _origin() -> str:
    """Return the origin by which the browser asked; a policy's path needs one (CSP, 'Paths')."""
    if _HOST.fullmatch(request.host):
        return f"{request.scheme}://{request.host}"
    return settings().base_url.rstrip("/")
