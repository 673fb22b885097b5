"""The process is killed every other second while webhooks arrive, as by power cuts."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from service.domain.delivery.schedule import LEASE_FOR
from tests.e2e.conftest import Site, a_site
from tests.e2e.harness import Service, eventually
from tests.e2e.staging import log_of
from tests.e2e.traffic import Traffic, account, deliver, numbered_orders

WEBHOOKS = {"local": 2000, "cloud": 100}
# The emulator of Cloud Tasks dispatches one task after the other.
PER_SECOND = {"local": None, "cloud": 12.0}
_BETWEEN_KILLS_SECONDS = 1.5


@pytest.fixture
def sites(tmp_path: Path, cloud: dict[str, str]) -> Iterator[dict[str, Site]]:
    """Return a site on each pair of engines, so that they wait for leases at the same time."""
    engines = {"local": dict[str, str](), "cloud": cloud}
    with ExitStack() as running:
        sites = {}
        for name, chosen in engines.items():
            folder = tmp_path / name
            folder.mkdir()
            sites[name] = running.enter_context(a_site(folder, chosen))
        yield sites


def deliver_amid_kills(service: Service, name: str) -> tuple[Traffic, int]:
    """Deliver webhooks while the service is killed and restarted; return how often."""
    done = Event()

    def kill() -> int:
        kills = 0
        while not done.wait(_BETWEEN_KILLS_SECONDS):
            service.kill()
            kills += 1
            service.start()
        return kills

    service.start()
    with ThreadPoolExecutor(1) as killer:
        kills = killer.submit(kill)
        try:
            webhooks = numbered_orders(WEBHOOKS[name])
            traffic = deliver(service.url, webhooks, per_second=PER_SECOND[name])
        finally:
            done.set()
    return traffic, kills.result()


def is_all_sent(service: Service, how_many: int) -> bool:
    """Call the sweep, and return whether the log shows every event as sent."""
    service.call_task("/tasks/sweep")
    log = log_of(service)
    assert set(log) <= {"sent", "queued", "sending", "retrying"}
    return bool(log.get("sent") == how_many)


def stage(site: Site, name: str, publish: Callable[..., None]) -> None:
    expected = WEBHOOKS[name]
    traffic, kills = deliver_amid_kills(site.service, name)
    over = monotonic()
    # An attempt that was cut off keeps its event until its lease expires.
    patience = LEASE_FOR.total_seconds() + 60
    eventually(lambda: is_all_sent(site.service, expected), within=patience, pause=3.0)

    result = account(traffic, site.meta)
    publish(
        f"kill-9-{name}",
        kills=kills,
        **result.numbers,
        repeated_webhooks=traffic.repeats,
        drained_s=monotonic() - over,
    )
    assert (result.accepted, result.lost, result.second_ids) == (expected, 0, 0)
    assert len(site.meta.events()) - result.repeated_posts == expected
    assert traffic.server_errors == 0
    assert kills > 1


class TestAServiceThatIsKilledAgainAndAgain:
    def test_sends_each_of_two_thousand_events_under_its_one_id(
        self, sites: dict[str, Site], publish: Callable[..., None]
    ) -> None:
        with ThreadPoolExecutor(len(sites)) as pool:
            for staged in [pool.submit(stage, site, name, publish) for name, site in sites.items()]:
                staged.result()
