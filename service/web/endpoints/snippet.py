"""The storefront's snippet: public, small, and never a reason for a shop not to load."""

from flask import Blueprint, Response

snippet = Blueprint("snippet", __name__)

_FRESH_SECONDS = 300


@snippet.get("/snippet/<tenant_id>.js")
def script(tenant_id: str) -> Response:
    """Answer with a script that does nothing: what it is to do is not built yet.

    It is the same for whatever id, ours or not, so that nobody learns who uses us, and no page
    that carries it ever shows an error.
    """
    del tenant_id
    response = Response("", mimetype="application/javascript")
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH_SECONDS
    # Shops are other sites; without this their browsers may refuse the script (Fetch: CORP).
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
