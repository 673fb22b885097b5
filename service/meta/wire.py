"""Building of Meta's request bodies. Pure.

Reference: Meta's Conversions API documentation, "Server Event Parameters", "Customer
Information Parameters", "Custom Data Parameters" and "Data Processing Options". Meta refuses events
with unknown keys, so every key is named here.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from service.domain.events.event import Content, CustomData, DataUse, Event, Identity
from service.domain.events.money import major
from service.domain.tenants.connection import TEST_IDENTITY, ConnectionTest

PARTNER_AGENT = "1pixel_1_0"
"""The platform's name in each request (Meta: Conversions API as a platform; ≤ 22 chars)."""

AGENT_NAME = PARTNER_AGENT.partition("_")[0]
"""The same without its version, as Meta names the platform in its reports (Meta: "Dataset Quality
API", `agent_name`).
"""

USER_DATA_KEYS = {
    "hashed_emails": "em",
    "hashed_phones": "ph",
    "hashed_first_names": "fn",
    "hashed_last_names": "ln",
    "hashed_cities": "ct",
    "hashed_states": "st",
    "hashed_postcodes": "zp",
    "hashed_countries": "country",
    "hashed_external_ids": "external_id",
    "ip": "client_ip_address",
    "user_agent": "client_user_agent",
    "fbc": "fbc",
    "fbp": "fbp",
    "subscription_id": "subscription_id",
}
"""An identity's fields with Meta's names for them."""

PROBE_NAME = "ConnectionTest"
"""The custom event of a connection's test; no report or campaign counts it."""


def build_request(event: Event, *, test_code: str = "") -> dict[str, Any]:
    """Return the request body for one event, without any token.

    With a `test_code` Meta shows the event under Test Events (Meta: Using the API, "Test Events
    tool"). Set it for test events only.
    """
    return _request(build_event(event), test_code=test_code)


def build_probe(probe: ConnectionTest) -> dict[str, Any]:
    """Return the request body of a connection's test."""
    event = {
        "event_name": PROBE_NAME,
        "event_time": int(probe.at.timestamp()),
        "event_id": probe.event_id,
        "action_source": "system_generated",
        "user_data": _user_data(TEST_IDENTITY),
    }
    return _request(event, test_code=probe.test_code)


def encode_request(body: Mapping[str, Any]) -> bytes:
    """Return the body as JSON bytes."""
    return msgspec.json.encode(body)


def build_event(event: Event) -> dict[str, Any]:
    """Return one event in Meta's format. Unknown values are left out, never sent as null."""
    optional = {
        "event_source_url": event.source_url,
        "referrer_url": event.referrer_url,
        "custom_data": _custom_data(event.custom),
    }
    return {
        "event_name": event.name.value,
        "event_time": int(event.occurred_at.timestamp()),
        "event_id": event.event_id,
        "action_source": event.action_source.value,
        "user_data": _user_data(event.identity),
        **{key: value for key, value in optional.items() if value},
        **_data_use(event.data_use),
    }


def _request(event: dict[str, Any], *, test_code: str) -> dict[str, Any]:
    marked = {"test_event_code": test_code} if test_code else {}
    return {"data": [event], **marked, "partner_agent": PARTNER_AGENT}


def _user_data(identity: Identity) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value
        for field, key in USER_DATA_KEYS.items()
        if (value := getattr(identity, field))
    }


def _custom_data(custom: CustomData) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if custom.value:
        data |= {"value": custom.value.major, "currency": custom.value.currency}
    if custom.order_id:
        data["order_id"] = custom.order_id
    if custom.contents:
        data |= {
            "content_type": "product",
            "content_ids": list(dict.fromkeys(content.id for content in custom.contents)),
            "contents": [_content(content) for content in custom.contents],
        }
    if custom.num_items:
        data["num_items"] = custom.num_items
    return data


def _content(content: Content) -> dict[str, Any]:
    spelled: dict[str, Any] = {"id": content.id, "quantity": content.quantity}
    if content.unit_price is not None:
        spelled["item_price"] = major(content.unit_price)
    if content.delivery_category:
        spelled["delivery_category"] = content.delivery_category.value
    return spelled


def _data_use(data_use: DataUse) -> dict[str, Any]:
    if not data_use.limited:
        return {}
    return {
        "data_processing_options": ["LDU"],
        "data_processing_options_country": data_use.country,
        "data_processing_options_state": data_use.state,
    }
