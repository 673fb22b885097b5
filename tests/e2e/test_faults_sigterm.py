"""SIGTERM under load, as Cloud Run sends it at every deploy: no answer is lost.

A relay plays Cloud Run's front end: it leads new connections to the new process before the old one
gets the signal. Requests on connections cut in between are repeated by the sender.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import monotonic

import pytest

from tests.e2e.conftest import Site
from tests.e2e.harness import Service, eventually
from tests.e2e.relay import Relay
from tests.e2e.staging import swept_until_sent, wire_to_meta
from tests.e2e.traffic import Traffic, deliver, numbered_orders
from tests.ports import free_port

pytestmark = pytest.mark.alone

PER_SECOND, SECONDS, ROLLOVERS = 50, 8, 3
# Long enough that requests to Meta are under way when the signal comes.
META_AWAY_SECONDS = 0.05
DRAIN_BAR_SECONDS = 8.0
FAR_BEYOND = 5


@pytest.fixture
def front(site: Site) -> Iterator[Relay]:
    with wire_to_meta(site, delay=META_AWAY_SECONDS), Relay(site.service.port) as relay:
        yield relay


def drained(service: Service) -> float:
    """Stop the process with SIGTERM, and return how long it took."""
    process = service.process
    assert process is not None
    asked = monotonic()
    process.terminate()
    process.wait(timeout=DRAIN_BAR_SECONDS * FAR_BEYOND)
    service.process = None
    return monotonic() - asked


def roll_over(old: Service, front: Relay) -> tuple[Service, float]:
    """Start a new process, lead traffic to it, and stop the old one."""
    new = replace(old, port=free_port(), process=None)
    new.start()
    front.target = new.port
    return new, drained(old)


class TestAProcessThatIsAskedToEnd:
    def test_finishes_what_it_accepted_while_the_next_takes_over(
        self, site: Site, front: Relay, publish: Callable[..., None]
    ) -> None:
        service = site.service
        service.front_port = front.port
        service.start()
        drains: list[float] = []
        webhooks = numbered_orders(PER_SECOND * SECONDS)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(deliver, service.url, webhooks, per_second=PER_SECOND)
            try:
                for _ in range(ROLLOVERS):
                    service, seconds = roll_over(service, front)
                    drains.append(seconds)
                traffic: Traffic = sending.result()
                # Sooner than a lease expires, so no attempt was cut off.
                result = swept_until_sent(site, traffic, within=30)
            finally:
                service.kill()
        publish(
            "sigterm",
            rollovers=len(drains),
            **result.numbers,
            server_errors=traffic.server_errors,
            cut_connections=traffic.answers["cut"],
            drain_s=max(drains),
            drain_bar_s=DRAIN_BAR_SECONDS,
        )
        assert traffic.server_errors == 0
        assert (result.accepted, result.lost, result.second_ids) == (len(webhooks), 0, 0)
        assert result.repeated_posts == 0
        assert max(drains) < DRAIN_BAR_SECONDS * FAR_BEYOND

    def test_does_not_wait_for_a_vendor_that_hangs(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        service = site.service
        service.start()
        site.meta.misbehave("hang", times=None)
        traffic = deliver(service.url, numbered_orders(20))
        eventually(lambda: len(site.meta.events()) >= 1)
        seconds = drained(service)
        publish("sigterm-while-meta-hangs", accepted=len(traffic.accepted), drain_s=seconds)
        assert seconds < DRAIN_BAR_SECONDS * FAR_BEYOND
