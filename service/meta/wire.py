"""Building of Meta's request bodies. Pure.

Reference: Meta's Conversions API documentation, "Server Event Parameters", "Customer
Information Parameters", "Custom Data Parameters" and "Data Processing Options". Meta refuses events
with unknown keys, so every key is named here.
"""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import msgspec

from service.domain.events.event import Content, CustomData, Event, Identity
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

_values_of = attrgetter(*USER_DATA_KEYS)

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
    built: dict[str, Any] = {
        "event_name": event.name,
        "event_time": int(event.occurred_at.timestamp()),
        "event_id": event.event_id,
        "action_source": event.action_source,
        "user_data": _user_data(event.identity),
    }
    if event.source_url:
        built["event_source_url"] = event.source_url
    if event.referrer_url:
        built["referrer_url"] = event.referrer_url
    if custom_data := _custom_data(event.custom):
        built["custom_data"] = custom_data
    if event.data_use.limited:
        built["data_processing_options"] = ["LDU"]
        built["data_processing_options_country"] = event.data_use.country
        built["data_processing_options_state"] = event.data_use.state
    return built


def _request(event: dict[str, Any], *, test_code: str) -> dict[str, Any]:
    body: dict[str, Any] = {"data": [event]}
    if test_code:
        body["test_event_code"] = test_code
    body["partner_agent"] = PARTNER_AGENT
    return body


def _user_data(identity: Identity) -> dict[str, Any]:
    values = zip(USER_DATA_KEYS.values(), _values_of(identity), strict=True)
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in values if value
    }


def _custom_data(custom: CustomData) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if custom.value:
        data["value"] = custom.value.major
        data["currency"] = custom.value.currency
    if custom.order_id:
        data["order_id"] = custom.order_id
    if custom.contents:
        data["content_type"] = "product"
        data["content_ids"] = list(dict.fromkeys([content.id for content in custom.contents]))
        data["contents"] = [_content(content) for content in custom.contents]
    if num_items := custom.num_items:
        data["num_items"] = num_items
    return data


def _content(content: Content) -> dict[str, Any]:
    spelled: dict[str, Any] = {"id": content.id, "quantity": content.quantity}
    if content.unit_price is not None:
        spelled["item_price"] = major(content.unit_price)
    if content.delivery_category:
        spelled["delivery_category"] = content.delivery_category
    return spelled
