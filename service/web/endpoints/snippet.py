"""The storefront's snippet: a small public script that never breaks a shop's page."""

from flask import Blueprint, Response

snippet = Blueprint("snippet", __name__)

_FRESH_SECONDS = 300


@snippet.get("/snippet/<tenant_id>.js")
def script(tenant_id: str) -> Response:
    """Return an empty script: its function is not built yet.

    The answer is the same for every id, so it does not reveal which wineries use 1Pixel, and a page
    with the snippet never shows an error.
    """
    del tenant_id
    response = Response("", mimetype="application/javascript")
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH_SECONDS
    # Shops are other sites; without this their browsers may refuse the script (Fetch: CORP).
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
