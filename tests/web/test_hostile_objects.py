"""Every step is answered, whatever an object's webhook or the shop's answer holds."""

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from service.meta.wire import build_request, encode_request
from tests.apps import started_app
from tests.conftest import World, a_world
from tests.sandbox.meta_event_rules import check_event
from tests.web.endpoints.test_webhooks import BASIC, URL
from tests.web.objects import PAYLOADS, a_webhook, call_every_task, have_the_shop_know

pytestmark = pytest.mark.thorough

ACTIONS = ["Create", "Update", "Delete"]
ANSWERS = {"recorded", "ignored"}
every_kind = pytest.mark.parametrize("kind", PAYLOADS)
every_action = pytest.mark.parametrize("action", ACTIONS)

TEXT = st.text(st.characters(exclude_categories=()), max_size=20)  # halves of surrogate pairs too
NASTY: tuple[object, ...] = (
    *("", "\x00", "\ud800", "9" * 40, "a" * 2000, "9999-12-31T23:59:59-14:00"),
    *(-1, 0.5, 10**30, 1e308, True, [], {}),
)
ODD = st.sampled_from(
    [
        *(" ", "..", "+1 (707) 555-0142", "me@b.c", 0, 1, 10**11),
        *("0001-01-01T00:00:00+14:00", "2026-08-04T12:00:00Z"),
        *("Active", "On Hold", "Cancelled", "Paid", "No Show", "Refund", "Web", "POS", "CA"),
        *NASTY,
    ]
)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | TEXT | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
Cursor = tuple[str | int, ...]
PERSONAL = {"id", "customer", "customerId", "billTo", "shipTo", "connectionInformation"}
NUMBERS = {"total", "subTotal", "items", "orderNumber", "reservationNumber"}


@contextmanager
def a_site() -> Iterator[tuple[World, FlaskClient]]:
    with a_world() as world:
        world.install()
        yield world, started_app(world.services).test_client()


def deliver(kind: str, action: str, payload: object, *, is_trusted: bool) -> str:
    """Take a webhook through every step, and return the answer to it."""
    body = a_webhook(kind, action, payload)
    with a_site() as (world, client):
        have_the_shop_know(world, kind, body)
        answer = client.post(URL, data=body, auth=BASIC if is_trusted else None)
        assert answer.status_code == 200
        call_every_task(world, client)
        assert client.get("/activity/table", headers=world.staff()).status_code == 200
        for event, _, _ in world.meta.sent:
            (sent,) = json.loads(encode_request(build_request(event)))["data"]
            check_event(sent, param="$", now=world.clock())
        return str((answer.json or {})["result"])


def paths(value: object) -> Iterator[Cursor]:
    """Yield the path to every value in a payload, at every depth."""
    inner: Sequence[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    for key, each in inner:
        yield (key,)
        yield from ((key, *rest) for rest in paths(each))


def changed(payload: dict[str, Any], changes: dict[Cursor, object]) -> dict[str, Any]:
    """Return the payload with these values changed; the deepest first, so that all paths exist."""
    spoiled: dict[str, Any] = copy.deepcopy(payload)
    for path in sorted(changes, key=len, reverse=True):
        target: Any = spoiled
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = changes[path]
    return spoiled


@every_kind
@every_action
@settings(max_examples=10)
@given(payload=ANY_JSON, is_trusted=st.booleans())
def test_any_json_for_an_object_is_answered(
    kind: str, action: str, payload: object, *, is_trusted: bool
) -> None:
    assert deliver(kind, action, payload, is_trusted=is_trusted) in ANSWERS


@every_kind
@every_action
@settings(max_examples=10)
@given(data=st.data(), is_trusted=st.booleans())
def test_any_json_under_the_known_keys_is_answered(
    kind: str, action: str, data: st.DataObject, *, is_trusted: bool
) -> None:
    keys = st.sampled_from(sorted(PAYLOADS[kind]))
    payload = data.draw(st.dictionaries(keys, ANY_JSON)) | {"id": "object-1"}
    assert deliver(kind, action, payload, is_trusted=is_trusted) in ANSWERS


@every_kind
@every_action
@settings(max_examples=15)
@given(data=st.data(), is_trusted=st.booleans())
def test_any_json_in_any_field_is_answered(
    kind: str, action: str, data: st.DataObject, *, is_trusted: bool
) -> None:
    places = st.sampled_from(list(paths(PAYLOADS[kind])))
    changes = data.draw(st.dictionaries(places, ANY_JSON, min_size=1, max_size=4))
    payload = changed(PAYLOADS[kind], changes)
    assert deliver(kind, action, payload, is_trusted=is_trusted) in ANSWERS


def leaves(payload: dict[str, Any], under: set[str]) -> list[Cursor]:
    """Return the path to every plain value under these keys, except the object's id."""
    ways = list(paths(payload))
    inner = {way[:-1] for way in ways}
    return [way for way in ways if way[0] in under and way not in inner | {("id",)}]


@every_kind
@pytest.mark.parametrize("oddity", NASTY, ids=lambda oddity: ascii(oddity)[:20])
def test_one_oddity_in_all_personal_or_all_numeric_fields_is_answered(
    kind: str, oddity: object
) -> None:
    payload = PAYLOADS[kind]
    persons = set(payload) - NUMBERS if kind == "Customer" else PERSONAL
    for under in (persons, NUMBERS):
        spoiled = changed(payload, dict.fromkeys(leaves(payload, under), oddity))
        assert deliver(kind, "Create", spoiled, is_trusted=True) == "recorded"


@pytest.mark.parametrize("is_trusted", [True, False])
@every_kind
def test_the_untouched_object_is_recorded(kind: str, *, is_trusted: bool) -> None:
    assert deliver(kind, "Create", PAYLOADS[kind], is_trusted=is_trusted) == "recorded"
