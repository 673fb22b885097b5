"""The database is cut off, then frozen, during traffic; it keeps its data.

`test_outage.py` stops the emulator itself, which loses its data.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.e2e.conftest import Site
from tests.e2e.relay import Relay
from tests.e2e.staging import swept_until_sent
from tests.e2e.traffic import deliver, numbered_orders

# The emulator of Cloud Tasks dispatches one task after the other.
PER_SECOND, SECONDS = 6, 14
WELL_SECONDS, CUT_SECONDS, FROZEN_SECONDS = 2, 3, 6


@pytest.fixture
def wire(firestore_address: str) -> Iterator[Relay]:
    with Relay(int(firestore_address.rpartition(":")[2])) as relay:
        yield relay


@pytest.fixture
def engines(cloud: dict[str, str], wire: Relay) -> dict[str, str]:
    return cloud | {"FIRESTORE_EMULATOR_HOST": f"127.0.0.1:{wire.port}"}


class TestADatabaseThatIsOutOfReach:
    def test_costs_no_event_that_was_accepted(
        self, site: Site, wire: Relay, publish: Callable[..., None]
    ) -> None:
        site.service.start()
        pause = Event()
        webhooks = numbered_orders(PER_SECOND * SECONDS)
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(deliver, site.service.url, webhooks, per_second=PER_SECOND)
            pause.wait(WELL_SECONDS)
            wire.cut()
            pause.wait(CUT_SECONDS)
            wire.mend()
            pause.wait(WELL_SECONDS)
            wire.freeze()
            pause.wait(FROZEN_SECONDS)
            wire.mend()
            traffic = sending.result()

        result = swept_until_sent(site, traffic, within=90)
        publish(
            "store-out-of-reach", **result.numbers,
            refused_webhooks=traffic.server_errors, cut_connections=traffic.answers["cut"],
            outage_s=CUT_SECONDS + FROZEN_SECONDS,
        )  # fmt: skip
        assert (result.accepted, result.lost, result.second_ids) == (len(webhooks), 0, 0)
        assert set(traffic.answers) <= {"200", "503"}
        assert traffic.server_errors > 0
