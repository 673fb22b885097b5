"""How soon hundreds of waiting events are sent once their obstacle is gone."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from tests.builders import TOKEN
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.relay import Relay
from tests.e2e.staging import log_of, swept_until_sent, wire_to_meta
from tests.e2e.traffic import Account, Traffic, account, deliver, numbered_orders, percentile

EVENTS = 300
BACKLOG = int(os.environ.get("BACKLOG", "1100"))
"""More than one recheck reads and releases; `BACKLOG=20000` stages a long weekend."""

BACKOFF_SECONDS = 0.05


@pytest.fixture
def wire(site: Site) -> Iterator[Relay]:
    site.service.backoff_seconds = BACKOFF_SECONDS
    with wire_to_meta(site) as relay:
        yield relay


def since(result: Account, site: Site, at: datetime) -> tuple[float, float]:
    """Return after how many seconds Meta had the first event, and the last."""
    times = [datetime.fromisoformat(each["received_at"]) for each in site.meta.events()]
    assert len(times) == result.delivered
    return (min(times) - at).total_seconds(), (max(times) - at).total_seconds()


def overtaking(traffic: Traffic, site: Site) -> float:
    """Return the 95th percentile of the events' distances from their place in order."""
    turns = {key: turn for turn, key in enumerate(traffic.accepted)}
    arrivals = [event["event_id"] for event in site.meta.events()]
    return percentile([abs(turns[key] - place) for place, key in enumerate(arrivals)], 0.95)


class TestAnOutageBeyondTheAutomaticRetries:
    def test_ends_with_one_probe_and_everything_sent(
        self, site: Site, wire: Relay, publish: Callable[..., None]
    ) -> None:
        site.service.start()
        wire.cut()
        traffic = deliver(site.service.url, numbered_orders(EVENTS))
        eventually(lambda: log_of(site.service) == {"error": EVENTS}, within=60, pause=0.5)
        assert "Meta could not be reached (tried 4 times)" in site.service.rows()[0]

        wire.mend()
        back_at = datetime.now(UTC)
        result = swept_until_sent(site, traffic)
        first, last = since(result, site, back_at)
        publish(
            "drain-outage", **result.numbers,
            second_life_s=BACKOFF_SECONDS * 120, first_after_s=first, drain_s=last - first,
        )  # fmt: skip
        assert (result.lost, result.second_ids, result.repeated_posts) == (0, 0, 0)


class TestADeadToken:
    def test_is_tried_with_one_event_and_a_new_one_drains_everything(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        site.service.backoff_seconds = 2.0  # so a probe is due only after a minute
        site.service.configure(token=f"{TOKEN}dead")
        site.service.start()
        traffic = deliver(site.service.url, numbered_orders(1))
        # Meta has refused it a moment before the pixel is known to be refused.
        eventually(lambda: log_of(site.service) == {"held": 1})
        deliver(site.service.url, numbered_orders(EVENTS - 1), traffic=traffic)
        eventually(lambda: log_of(site.service) == {"held": EVENTS}, pause=0.5)
        assert len(site.meta.refusals()) == 1

        site.service.configure(token=f"{TOKEN}deadtoo")
        site.service.call_task("/tasks/sweep")
        eventually(lambda: len(site.meta.refusals()) > 1)
        new_at = datetime.now(UTC)
        site.service.configure(token=TOKEN)
        result = swept_until_sent(site, traffic)
        first, last = since(result, site, new_at)
        places = overtaking(traffic, site)
        publish(
            "drain-token", **result.numbers,
            first_after_s=first, drain_s=last - first, overtaking_p95=places,
        )  # fmt: skip
        assert places < EVENTS / 4
        assert (result.lost, result.second_ids, result.repeated_posts) == (0, 0, 0)
        assert len(site.meta.refusals()) == 2

    def test_leaves_none_of_a_long_backlog_behind(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        pause, patience = max(0.5, BACKLOG / 4000), 40 + BACKLOG / 10
        site.service.configure(token=f"{TOKEN}dead")
        site.service.start()
        traffic = deliver(site.service.url, numbered_orders(1))
        # Meta has refused it a moment before the pixel is known to be refused.
        eventually(lambda: log_of(site.service) == {"held": 1})
        deliver(site.service.url, numbered_orders(BACKLOG - 1), traffic=traffic)
        eventually(lambda: log_of(site.service) == {"held": BACKLOG}, within=patience, pause=pause)

        new_at = datetime.now(UTC)
        site.service.configure(token=TOKEN)
        site.service.call_task(
            "/tasks/sweep"
        )  # the command's process cannot enqueue in the service
        eventually(lambda: log_of(site.service) == {"sent": BACKLOG}, within=patience, pause=pause)
        result = account(traffic, site.meta)
        first, last = since(result, site, new_at)
        places = overtaking(traffic, site)
        publish(
            "drain-backlog", **result.numbers,
            first_after_s=first, drain_s=last - first, overtaking_p95=places,
        )  # fmt: skip
        assert places < EVENTS / 4
        assert (result.lost, result.second_ids, result.repeated_posts) == (0, 0, 0)
