"""Security headers of every answer."""

from flask import Response, request

from service.web.request.current import settings

# Commerce7's own script fits the frame to its content (Commerce7: App extensions).
_FRAME_SCRIPT_HOST = "https://dev-center.platform.commerce7.com"
_ALWAYS = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_NO_CONTENT = 204
_NO_SITE = "'none'"
# A download begins as a navigation of the frame.
_FRAMED = frozenset({"frame.page", "export.download"})
_CACHED = frozenset({"static", "snippet.script"})


def add_security_headers(response: Response) -> Response:
    """Add the security headers; only Commerce7's admin may frame the dashboard."""
    is_framed = request.endpoint in _FRAMED
    scripts = f"'self' {_FRAME_SCRIPT_HOST}" if is_framed else "'self'"
    ancestors = " ".join(settings().frame_ancestors) if is_framed else _NO_SITE
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint not in _CACHED:
        headers["Cache-Control"] = "no-store"
    if response.status_code == _NO_CONTENT and not headers.get("HX-Redirect"):
        return response  # nothing to run or to frame, and polls are many
    headers["Content-Security-Policy"] = (
        f"{_ALWAYS}; script-src {scripts}; frame-ancestors {ancestors or _NO_SITE}"
    )
    headers["Referrer-Policy"] = "no-referrer"
    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    return response
