"""The process killed again and again while webhooks arrive: a power cut every second."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

from service.domain.schedule import LEASE_FOR
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, Service, eventually
from tests.e2e.traffic import account, deliver, numbered_orders

WEBHOOKS = 2000
_BETWEEN_KILLS_SECONDS = 1.2


def kill_until(done: Event, service: Service) -> int:
    """Kill and start the service until then, and return how often."""
    kills = 0
    while not done.wait(_BETWEEN_KILLS_SECONDS):
        service.kill()
        kills += 1
        service.start()
    return kills


def is_all_sent(service: Service, how_many: int) -> bool:
    """Have the scheduler call, and tell whether the log says sent of every event."""
    service.call_task("/tasks/sweep")
    log = json.loads(service.command("show", TENANT))["events"]
    assert set(log) <= {"sent", "queued", "sending", "retrying"}
    return bool(log.get("sent") == how_many)


class TestAServiceThatIsKilledEverySecond:
    def test_sends_each_of_two_thousand_events_under_its_one_id(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        service, done = site.service, Event()
        service.start()
        webhooks = numbered_orders(WEBHOOKS)
        with ThreadPoolExecutor(1) as killer:
            kills = killer.submit(kill_until, done, service)
            try:
                traffic = deliver(service.url, webhooks)
            finally:
                done.set()
        over = monotonic()
        # An attempt that was cut off owns its event until its lease is over.
        patience = LEASE_FOR.total_seconds() + 30
        eventually(lambda: is_all_sent(service, WEBHOOKS), within=patience, pause=1.0)

        result = account(traffic, site.meta)
        publish(
            "kill-9",
            kills=kills.result(),
            accepted=result.accepted,
            delivered=result.delivered,
            lost=result.lost,
            second_ids=result.second_ids,
            repeated_posts=result.repeated_posts,
            repeated_webhooks=traffic.repeats,
            longest_hold_s=result.longest_hold,
            drained_s=monotonic() - over,
        )
        assert (result.accepted, result.lost, result.second_ids) == (WEBHOOKS, 0, 0)
        assert len(site.meta.events()) - result.repeated_posts == WEBHOOKS
        assert traffic.server_errors == 0
        assert kills.result() > 5
