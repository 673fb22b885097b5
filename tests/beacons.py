"""Beacons of the storefront's snippet, as a browser sends them."""

import json
from typing import Any

from flask.testing import FlaskClient

from tests.builders import NOW, TENANT

SHOP = "https://shop.example.com"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
VISITOR_IP = "8.8.4.25"
FBP = "fb.1.1764230000000.1234567890"
FBC = "fb.1.1764230000000.IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk"
MILLISECONDS = int(NOW.timestamp() * 1000)


def hit(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a page view of the shop's front page."""
    plain = {
        "name": "PageView",
        "id": f"00000000-0000-4000-8000-{number:012}",
        "at": MILLISECONDS,
        "url": f"{SHOP}/",
    }
    return plain | changes


def beacon(*hits: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a beacon with these hits."""
    return {"tenant": TENANT, "events": list(hits), "fbp": FBP} | changes


def post_beacon(
    client: FlaskClient, *hits: dict[str, Any], origin: str = SHOP, **changes: Any
) -> None:
    """Post a beacon with these hits from a phone, and check that the answer tells nothing."""
    post_bytes(client, json.dumps(beacon(*hits, **changes)).encode(), origin=origin)


def post_bytes(
    client: FlaskClient,
    body: bytes,
    *,
    origin: str = SHOP,
    ip: str = VISITOR_IP,
    user_agent: str = PHONE,
) -> None:
    """Post these bytes, and check that the answer tells nothing."""
    headers = {"Origin": origin, "User-Agent": user_agent, "Content-Type": "text/plain"}
    answer = client.post("/collect", data=body, headers=headers, environ_base={"REMOTE_ADDR": ip})
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Set-Cookie" not in answer.headers
