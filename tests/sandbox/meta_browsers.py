"""Meta's pixel for browsers: its script, and the picture by which it tells of an event.

Reference: Meta's documentation of the Meta Pixel. The script is a small stand-in that takes the
same calls; only its picture's address and parameters (`id`, `ev`, `eid`, `dl`) are like the real
ones.
"""

from base64 import b64decode

from flask import Blueprint, Response, current_app, request

from tests.sandbox.browser_events import BrowserEvent
from tests.sandbox.state import sandbox

_PICTURE = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")

blueprint = Blueprint("meta_browsers", __name__, url_prefix="/meta")


@blueprint.get("/en_US/fbevents.js")
def script() -> Response:
    """Return the pixel's script."""
    return current_app.send_static_file("fbevents.js")


@blueprint.get("/tr/")
def receive() -> Response:
    """Record an event, and return the picture."""
    told = request.args
    sandbox().meta.browsers.keep(
        BrowserEvent(
            at=sandbox().config.clock(),
            pixel=told.get("id", ""),
            name=told.get("ev", ""),
            event_id=told.get("eid", ""),
            page=told.get("dl", ""),
            fbp=told.get("fbp", ""),
            fbc=told.get("fbc", ""),
        )
    )
    response = Response(_PICTURE, mimetype="image/gif")
    response.cache_control.no_store = True
    return response
