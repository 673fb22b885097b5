"""Webhook bodies and settings in the shapes that public sources show, and what they come to."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from service.commerce7.fields import Fields
from service.commerce7.public_settings import parse_shop
from service.domain.tenants.tenant import Pixel, Pixels, TenantSettings
from service.preview import preview_webhook
from tests.builders import PIXEL

FOLDER = Path(__file__).parents[1] / "vectors" / "public_payloads"
SETTINGS = TenantSettings(
    currency="USD",
    shop_domains=("www.example-winery.com",),
    pixels=Pixels(primary=Pixel(id=PIXEL)),
)


class Payload(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    file: str
    source: str
    now: datetime
    reason: str | None = None
    event_name: str | None = None
    action_source: str | None = None


class Payloads(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    about: str
    files: list[Payload]


PAYLOADS = msgspec.json.decode((FOLDER / "INDEX.json").read_bytes(), type=Payloads).files


@pytest.mark.parametrize("payload", PAYLOADS, ids=[each.file for each in PAYLOADS])
def test_a_payload_comes_to_what_the_index_says(payload: Payload) -> None:
    body = (FOLDER / payload.file).read_bytes()
    got = preview_webhook(body, settings=SETTINGS, customers={}, now=payload.now)
    if payload.event_name is None:
        assert [*got.values()] == [payload.reason]
        return
    assert got.get("event_name") == payload.event_name, got
    (event,) = got["request"]["data"]
    assert event["action_source"] == payload.action_source


def event_in(name: str) -> dict[str, Any]:
    payload = next(each for each in PAYLOADS if each.file.startswith(name))
    body = (FOLDER / payload.file).read_bytes()
    got = preview_webhook(body, settings=SETTINGS, customers={}, now=payload.now)
    event: dict[str, Any] = got["request"]["data"][0]
    return event


def test_an_order_has_its_value_and_no_loopback_address() -> None:
    event = event_in("01")
    assert (event["custom_data"]["value"], event["custom_data"]["currency"]) == (68.95, "USD")
    assert "client_ip_address" not in event["user_data"]


@pytest.mark.parametrize("name", ["02", "17"])
def test_an_order_without_a_shopper_online_has_no_browser(name: str) -> None:
    assert not {"client_ip_address", "client_user_agent"} & event_in(name)["user_data"].keys()


def test_a_visit_is_dated_when_it_was_booked() -> None:
    payload = json.loads((FOLDER / "07_docs_reservation_web_paid.json").read_bytes())["payload"]
    booked_at = datetime.fromisoformat(payload["createdAt"])
    assert event_in("07")["event_time"] == int(booked_at.timestamp())


def test_a_shop_is_read() -> None:
    shop = parse_shop(Fields(json.loads((FOLDER / "30_nf_settings_for_web.json").read_bytes())))
    assert shop.domain == "spectra-winery-demo-v2.v2-template.commerce7.com"
    assert shop.timezone == "America/Los_Angeles"
