"""Failures that users of similar products reported in public: each comes out right here.

A large order, and the first day of a winery whose Commerce7 is down, need real processes:
`tests/e2e/test_large_webhooks.py` and `tests/e2e/test_first_day.py`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from flask.testing import FlaskClient

from service.commerce7.payload import Payload, Place, read_as
from service.commerce7.wire import parse_address, parse_membership, parse_order
from service.domain.copies import replace
from service.domain.tenants.tenant import TenantSettings
from service.meta.answers import read_answer
from service.meta.wire import build_event
from service.preview import preview_webhook
from tests.builders import TENANT, two_pixels
from tests.conftest import World

FOLDER = Path(__file__).parents[1] / "vectors" / "reported_failures"
BASIC = ("sandbox", "sandbox")
ON_REAL_PROCESSES = {"49.json", "50.json"}
DEFAULTS = {"currency": "USD", "shop_domains": ["www.example-winery.com"]}
PIXEL = replace(two_pixels(), secondary=type(two_pixels().secondary)())

Event = Mapping[str, Any]


class Case(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    file: str
    mode: Literal["preview", "jsonl", "story"]
    source: str
    about: str
    expect: dict[str, Any]
    settings: dict[str, Any] = {}

    @property
    def content(self) -> Any:
        return json.loads((FOLDER / self.file).read_bytes())

    @property
    def chosen(self) -> TenantSettings:
        return replace(msgspec.convert(DEFAULTS | self.settings, TenantSettings), pixels=PIXEL)


class Cases(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    about: str
    now: datetime
    cases: list[Case]


INDEX = msgspec.json.decode((FOLDER / "INDEX.json").read_bytes(), type=Cases)
PREVIEWS = [case for case in INDEX.cases if case.mode != "story"]
STORIES = [case for case in INDEX.cases if case.mode == "story"]


def value_of(event: Event) -> float | None:
    value: float | None = event.get("custom_data", {}).get("value")
    return value


def check(event: Event | None, got: Mapping[str, Any], key: str, wanted: object) -> bool:
    """Tell whether the preview is as the case expects under this key."""
    user_data = event["user_data"] if event else {}
    custom = event.get("custom_data", {}) if event else {}
    contents = custom.get("contents", [])
    found: dict[str, object] = {
        "waiting": "waiting" in got,
        "held": "held" in got,
        "skipped": "skipped" in got,
        "event": got.get("event_name"),
        "value": custom.get("value"),
        "item_prices": [each.get("item_price") for each in contents],
        "item_price_absent": all("item_price" not in each for each in contents),
        "content_ids": custom.get("content_ids"),
        "num_items": custom.get("num_items"),
        "ip": user_data.get("client_ip_address"),
        "ua": user_data.get("client_user_agent"),
        "action_source": event and event["action_source"],
        "event_time": event and event["event_time"],
        "url_present": event is not None and "event_source_url" in event,
        "ldu": event and event.get("data_processing_options_state"),
    }
    match key:
        case "value_above":
            return event is None or custom["value"] > wanted
        case "not_event":
            return got.get("event_name") != wanted
        case "ph" | "em" | "fn" | "ln" | "country" | "zp":
            return bool(user_data.get(key, []) == wanted)
    return found[key] == wanted


@pytest.mark.parametrize("case", PREVIEWS, ids=[case.file for case in PREVIEWS])
def test_a_webhook_comes_to_what_is_right(case: Case) -> None:
    bodies = case.content if case.mode == "jsonl" else [case.content]
    results = [
        preview_webhook(
            json.dumps(body).encode(), settings=case.chosen, customers={}, now=INDEX.now
        )
        for body in bodies
    ]
    if "ph_each" in case.expect:
        phones = [each["request"]["data"][0]["user_data"]["ph"][0] for each in results]
        assert phones == case.expect["ph_each"]
        return
    if "not_events" in case.expect:
        assert not {each.get("event_name") for each in results} & {*case.expect["not_events"]}
        return
    (got,) = results
    event = got["request"]["data"][0] if "request" in got else None
    wrong = [key for key, wanted in case.expect.items() if not check(event, got, key, wanted)]
    assert wrong == [], got


class Story:
    """A winery on the service, whose Commerce7 and Meta do what the steps say."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client, self.world = client, world
        self.statuses: list[int] = []

    def deliver(self, webhook: dict[str, Any]) -> None:
        """Send the webhook of an object that Commerce7 then knows."""
        payload, shops = read_as(Payload, webhook["payload"]), self.world.shops
        if webhook["object"] == "Order":
            order = parse_order(payload)
            shops.orders[order.id] = order
        else:
            membership = parse_membership(payload)
            shops.memberships[membership.id] = membership
        body = json.dumps({**webhook, "tenantId": TENANT})
        answer = self.client.post("/webhooks/commerce7", data=body, auth=BASIC)
        self.statuses.append(answer.status_code)
        self.world.run_tasks()

    def address_book(self, books: dict[str, list[dict[str, Any]]]) -> None:
        """Give customers these address books."""
        for customer_id, entries in books.items():
            book = {each["id"]: parse_address(read_as(Place, each)) for each in entries}
            self.world.shops.books[customer_id] = book

    def meta(self, answer: dict[str, Any]) -> None:
        """Let Meta give this answer first."""
        body = json.dumps(answer["body"]).encode()
        verdict = read_answer(answer["status"], body, {})
        self.world.meta.script = [verdict] * answer["times"]

    def shop(self, _settings: dict[str, Any]) -> None:
        """Do nothing: this winery's shop names no address, as long as nobody enters one."""


@pytest.mark.parametrize(
    "case",
    [case for case in STORIES if case.file not in ON_REAL_PROCESSES],
    ids=lambda case: str(case.file),
)
def test_a_story_ends_as_is_right(client: FlaskClient, world: World, case: Case) -> None:
    world.install(case.chosen)
    story = Story(client, world)
    for step in case.content["story"]:
        ((what, content),) = step.items()
        getattr(story, what)(content)
        world.clock.advance(timedelta(minutes=1))
    world.sweep()
    world.run_tasks()

    events = [build_event(event) for event, _, _ in world.meta.sent]
    unique = {event["event_id"]: event for event in events}
    sent = sorted(unique.values(), key=lambda event: event["event_name"])
    assert [event["event_name"] for event in sent] == case.expect["events"]
    assert set(story.statuses) == {200}
    if "values" in case.expect:
        assert [value_of(event) for event in sent] == case.expect["values"]
    if "ldu" in case.expect:
        states = [event["data_processing_options_state"] for event in sent]
        assert states == case.expect["ldu"]


def test_an_order_waits_for_the_shops_address_and_is_sent_with_it(
    client: FlaskClient, world: World
) -> None:
    case = next(case for case in STORIES if case.file == "31.json")
    test_a_story_ends_as_is_right(client, world, case)
    assert world.row().status == "held"
    world.install(replace(case.chosen, shop_domains=("www.example-winery.com",)))
    world.sweep()
    world.run_tasks()
    ((event, _, _),) = world.meta.sent
    assert (event.source_url or "").startswith("https://www.example-winery.com/")


def test_every_case_is_tried() -> None:
    files = {file.name for file in FOLDER.iterdir()} - {"INDEX.json"}
    assert files == {case.file for case in INDEX.cases}
    assert INDEX.now == datetime(2026, 8, 5, tzinfo=UTC)
