"""An outage of Google's engines during traffic."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from tests.e2e.conftest import Site
from tests.e2e.harness import an_order_webhook, eventually
from tests.e2e.traffic import event_id
from tests.emulators import firestore_emulator, warm_up
from tests.ports import free_port

BEFORE, DURING = 5, 5


class Firestore:
    """An emulator that can be restarted at the same address; it loses its data."""

    def __init__(self) -> None:
        self.port = free_port()
        self._running = ExitStack()

    def start(self) -> None:
        address = self._running.enter_context(firestore_emulator(self.port))
        warm_up(address)

    def stop(self) -> None:
        self._running.close()


@pytest.fixture
def database() -> Iterator[Firestore]:
    firestore = Firestore()
    firestore.start()
    yield firestore
    firestore.stop()


@pytest.fixture
def engines(cloud: dict[str, str], database: Firestore) -> dict[str, str]:
    return cloud | {"FIRESTORE_EMULATOR_HOST": f"127.0.0.1:{database.port}"}


def is_taken(site: Site, webhook: dict[str, Any]) -> bool:
    return site.service.tell(webhook).status_code == 200


class TestADatabaseThatIsGone:
    def test_takes_nothing_it_could_lose_and_goes_on_when_it_is_back(
        self, site: Site, database: Firestore, publish: Callable[..., None]
    ) -> None:
        site.service.start()
        before = [an_order_webhook() for _ in range(BEFORE)]
        assert {site.service.tell(each).status_code for each in before} == {200}
        eventually(lambda: len(site.meta.events()) == BEFORE)

        database.stop()
        during = [an_order_webhook() for _ in range(DURING)]
        with ThreadPoolExecutor(DURING) as pool:
            answers = list(pool.map(site.service.tell, during))
        said = {(answer.status_code, answer.headers["Retry-After"]) for answer in answers}
        assert said == {(503, "30")}
        assert len(site.meta.events()) == BEFORE

        database.start()
        site.service.configure("--set", 'currency="USD"')
        for each in during:  # as Commerce7 does after an error
            eventually(partial(is_taken, site, each))
        eventually(lambda: len(site.meta.events()) == BEFORE + DURING)
        ids = [event["event_id"] for event in site.meta.events()]
        publish("store-stopped", accepted=len(before + during), delivered=len(set(ids)))
        assert set(ids) == {event_id(each) for each in before + during}
