"""What was counted before a confirmation is not counted again after it."""

import json
import re
from collections import Counter
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from tests.apps import started_app
from tests.conftest import World
from tests.unit.usecases.failures import fail, statuses

MANY = 130
pytestmark = pytest.mark.thorough
WORK = ["/activity/resend", "/activity/clear"]


class CountingStore:
    """An event store that counts the use of each method."""

    def __init__(self, events: Any) -> None:
        self._events = events
        self.times: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.times[name] += 1
        return getattr(self._events, name)


@pytest.fixture
def asked(world: World) -> CountingStore:
    """Return the events of a log with more rows than one request works on."""
    fail(world, *range(MANY))
    world.clock.advance(timedelta(seconds=1))
    return CountingStore(world.services.events)


@pytest.fixture
def desk(world: World, asked: CountingStore) -> FlaskClient:
    """Return a client whose app reads from these events."""
    services = replace(world.services, events=asked)
    return started_app(services).test_client()


def counted(desk: FlaskClient, world: World, page: str) -> str:
    """Return the signed counts in the dry run's button."""
    html = desk.get(page, headers=world.staff()).text
    found = re.search(r"hx-vals='([^']+)'", html)
    assert found
    return str(json.loads(unescape(found[1]))["counted"])


def press(desk: FlaskClient, world: World, page: str, text: str) -> str:
    answer = desk.post(page, headers=world.staff(), data={"counted": text})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("page", WORK)
class TestTheConfirmation:
    def test_reads_no_row(
        self, desk: FlaskClient, world: World, asked: CountingStore, page: str
    ) -> None:
        text = counted(desk, world, page)
        asked.times.clear()
        assert f'<progress max="{MANY}"' in press(desk, world, page, text)
        assert asked.times["page"] == 0

    @pytest.mark.parametrize("what", ["late", "forged", "of another view", "of other work", ""])
    def test_counts_again_if_the_counts_are_not_its_own(
        self, desk: FlaskClient, world: World, asked: CountingStore, page: str, what: str
    ) -> None:
        text = counted(desk, world, page)
        texts = {"late": text, "forged": f"{text[:-3]}AAA"}
        if what == "of another view":
            texts[what] = counted(desk, world, f"{page}?object=1001")
        if what == "of other work":
            (other,) = set(WORK) - {page}
            texts[what] = counted(desk, world, other)
        if what == "late":
            world.clock.advance(timedelta(minutes=11))
        asked.times.clear()
        assert f'<progress max="{MANY}"' in press(desk, world, page, texts.get(what, ""))
        assert asked.times["page"] > 0
        assert statuses(world) == {"error": MANY}
