"""What Commerce7's webhooks never delivered reaches Meta, each event once."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from time import monotonic
from typing import Any

import pytest
import requests

from service.domain.copies import replace
from service.domain.events.event import EVENT_WINDOW
from service.domain.tenants.catch_up import begun_at
from service.local.file import SqliteFile
from service.local.tenants import SqliteTenants
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.tenants import put

COMMANDS = ("web", "pos", "inbound", "web", "book", "web", "club", "join", "web", "signup")
ROUNDS = 6
EVENTS = {
    "Order": "c7-order-",
    "Club Membership": "c7-membership-",
    "Reservation": "c7-reservation-",
    "Customer": "c7-customer-",
}
MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 100


@pytest.fixture
def is_reconciled() -> bool:
    """Let Commerce7's lists tell of changes."""
    return True


def trouble(site: Site, **wish: float | bool) -> dict[str, int]:
    """Lose, repeat and reorder webhooks from now on; return how many were lost and failed."""
    answer = requests.post(f"{site.commerce7.url}/_webhooks", json=wish, timeout=60)
    answer.raise_for_status()
    counts: dict[str, int] = answer.json()
    return counts


def lists_are(site: Site, *, is_exact: bool) -> None:
    """Say whether Commerce7's lists take times and cursors together with a filter."""
    wish = {"is_exact": is_exact}
    requests.post(f"{site.commerce7.url}/_lists", json=wish, timeout=5).raise_for_status()


def most_in_a_minute(calls: list[dict[str, Any]]) -> int:
    """Return the largest number of the calls in any minute."""
    times = [datetime.fromisoformat(call["at"]) for call in calls]
    return max(sum(at <= each < at + MINUTE for each in times) for at in times)


def swept(site: Site, is_done: Callable[[], bool], *, within: float) -> None:
    """Call the sweep until this is done."""

    def look() -> bool:
        site.service.call_task("/tasks/sweep")
        return is_done()

    eventually(look, within=within, pause=0.5)


@pytest.mark.parametrize("is_exact", [False, True], ids=["lists by day", "lists by time"])
def test_every_event_arrives_once(
    site: Site, publish: Callable[..., None], *, is_exact: bool
) -> None:
    lists_are(site, is_exact=is_exact)
    site.service.start()
    trouble(site, lost=0.2, repeated=0.1, is_reordered=True)
    made = [site.commerce7.perform(command) for _ in range(ROUNDS) for command in COMMANDS]
    counts = trouble(site)
    topics = [topic_of(each["object"]) for each in made]
    expected = sorted(
        f"{EVENTS[topic]}{each['object']['id']}" for topic, each in zip(topics, made, strict=True)
    )
    begun = monotonic()

    def arrived() -> list[str]:
        return sorted(event["event_id"] for event in site.meta.events())

    swept(site, lambda: arrived() == expected, within=60)
    calls = site.commerce7.calls()
    publish(
        "lost-webhooks", events=len(expected), lost=counts["lost"], logged=counts["failed"],
        caught_up_s=monotonic() - begun, most_requests_a_minute=most_in_a_minute(calls),
    )  # fmt: skip
    assert counts["lost"] > len(expected) / 10
    assert 429 not in {call["status"] for call in calls}
    assert most_in_a_minute(calls) <= MOST_A_MINUTE


def topic_of(made: dict[str, Any]) -> str:
    """Return which kind of object this is, by fields of its own."""
    keys = {
        "reservationNumber": "Reservation", "orderNumber": "Order", "clubId": "Club Membership",
    }  # fmt: skip
    return next((topic for key, topic in keys.items() if key in made), "Customer")


def test_no_news_cost_five_requests(site: Site) -> None:
    lists_are(site, is_exact=True)
    long_ago = begun_at(datetime.now(UTC) - 2 * EVENT_WINDOW)  # a new winery counts missed events
    with closing(SqliteFile(site.service.environ["SQLITE_PATH"])) as file:
        put(SqliteTenants(file), TENANT, catch_up=replace(long_ago, listed_until=datetime.now(UTC)))
    site.service.start()
    kinds = ("/order", "/club-membership", "/reservation", "/customer", "/web-hook-log")

    def lists() -> list[str]:
        paths = [call["path"].removeprefix("/v1") for call in site.commerce7.calls()]
        return [path for path in paths if path in kinds]

    swept(site, lambda: len(lists()) >= 3 * len(kinds), within=60)
    assert lists()[: 3 * len(kinds)] == list(kinds) * 3
    assert list(islice(site.meta.events(), 1)) == []
