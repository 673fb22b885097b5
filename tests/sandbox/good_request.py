"""A valid request to Meta, and ways to make it invalid, for tests of the rules. Pure."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sandbox.meta_read_rules import Registry
from tests.sandbox.meta_rules import GraphRequest, Ruling, judge

NOW = datetime(2026, 8, 5, 12, 0, tzinfo=UTC)
PIXELS = {"111": "EAAfirst", "222": "EAAsecond", "333": "EAAended", "444": "EAAending"}
REGISTRY = Registry(
    pixels=PIXELS,
    expiries={"EAAended": NOW, "EAAending": NOW + timedelta(days=1)},
    names={"222": "Fictional Ridge"},
)
HASH = "309a0a5c3e211326ae75ca18196d301a9bdbd1a882a4d2569511033da23f0abd"
OTHER_HASH = "254aa248acb47dd654ca3ea53f48c2c26d641d23d7e2e93a1ec56258df7674c4"

Body = dict[str, Any]
Change = Callable[[Body], object]


def a_body() -> Body:
    """Return a request with one event that has every field that we ever send."""
    event = {
        "event_name": "Purchase",
        "event_time": int(NOW.timestamp()),
        "event_id": "c7-order-1",
        "event_source_url": "https://shop.example.com/checkout",
        "action_source": "website",
        "user_data": {
            "em": [HASH],
            "ph": HASH,
            "ct": [HASH, OTHER_HASH],
            "external_id": [HASH],
            "client_ip_address": "8.8.4.25",
            "client_user_agent": "Mozilla/5.0",
            "fbc": "fb.1.1554763741205.AbCdEfGhIjKlMnOpQrStUvWxYz1234567890",
            "fbp": "fb.1.1558571054389.1098115397.AQICAQMC",
        },
        "custom_data": {
            "value": 115.84,
            "currency": "USD",
            "order_id": "2101",
            "num_items": 2,
            "content_type": "product",
            "content_ids": ["EX-CAB-22"],
            "contents": [
                {
                    "id": "EX-CAB-22",
                    "quantity": 2,
                    "item_price": 49.0,
                    "delivery_category": "home_delivery",
                }
            ],
            "our_own_key": "welcome",
        },
        "data_processing_options": ["LDU"],
        "data_processing_options_country": 1,
        "data_processing_options_state": 1000,
    }
    return {"data": [event], "partner_agent": "1pixel_1_0", "test_event_code": "TEST123"}


def ruling(body: object, **parts: Any) -> Ruling:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = {
        "version": "v27.0",
        "pixel_id": "111",
        "token": "EAAfirst",
        "content_type": "application/json",
        "body": raw,
    }
    return judge(GraphRequest(**(request | parts)), registry=REGISTRY, now=NOW)


def error(answered: Ruling) -> dict[str, Any]:
    assert not answered.events
    found = answered.answer["error"]
    assert isinstance(found, dict)
    return found


def codes(answered: Ruling) -> tuple[int, int, int | None]:
    found = error(answered)
    return answered.status, found["code"], found.get("error_subcode")


def spoilt(change: Change) -> Body:
    body = a_body()
    change(body)
    return body


def event(**changes: Any) -> Change:
    return lambda body: body["data"][0].update(changes)


def user(**changes: Any) -> Change:
    return lambda body: body["data"][0]["user_data"].update(changes)


def only_user(**user_data: Any) -> Change:
    return event(user_data=user_data, action_source="physical_store")


def custom(**changes: Any) -> Change:
    return lambda body: body["data"][0]["custom_data"].update(changes)


def content(**changes: Any) -> Change:
    return lambda body: body["data"][0]["custom_data"]["contents"][0].update(changes)


def request(**changes: Any) -> Change:
    return lambda body: body.update(changes)


def without(*path: Any) -> Change:
    def remove(body: Body) -> None:
        place: Any = body
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return remove
