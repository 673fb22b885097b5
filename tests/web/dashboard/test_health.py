"""All places say the same of a winery's health: tabs, set-up card, banners, steps, and e-mails."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.delivery.schedule import MAX_ATTEMPTS
from service.domain.records.record import Status
from service.domain.tenants.catch_up import SILENT_FOR, SILENT_OBJECTS, CatchUp
from service.domain.tenants.connection import ConnectionTestAnswer, Objection
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Pixels
from tests.builders import (
    ACCEPTED,
    BAD_TOKEN,
    DOWN,
    PIXEL,
    POLICY,
    SLOW_DOWN,
    TENANT,
    a_record,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.fakes import ListMailer
from tests.listings import sweep_and_list
from tests.tenants import put, save_installation

DAY = timedelta(days=1)
MAIL = {"alert_email": "olive@winery.example"}
TOKEN = f"Your primary pixel {PIXEL} needs a new access token."
OUTAGE = f"Meta is not accepting events for your primary pixel {PIXEL} at the moment."


def live(world: World) -> None:
    world.install(some_settings(**MAIL))
    sell(world, 0)


def sell(world: World, number: int) -> None:
    world.receive(a_signal(an_order(id=f"order-{number}", number=str(number))))
    world.run_tasks()


def a_dead_token(world: World) -> None:
    live(world)
    world.meta.script = [BAD_TOKEN]
    sell(world, 1)


def a_failed_test(world: World) -> None:
    live(world)
    world.connections.answer = ConnectionTestAnswer(
        verdict=BAD_TOKEN, objection=Objection.INVALID_TOKEN
    )


def an_outage(world: World) -> None:
    live(world)
    record = world.receive(a_signal(an_order(id="order-1"))).record
    assert record
    world.meta.script = [DOWN] * MAX_ATTEMPTS
    for attempt in range(1, MAX_ATTEMPTS + 1):
        world.send(record)
        world.clock.advance(POLICY.pause_after(attempt))


def a_limit(world: World) -> None:
    live(world)
    world.meta.script = [SLOW_DOWN]
    sell(world, 1)


def no_currency(world: World) -> None:
    live(world)
    world.install(some_settings(currency=None, **MAIL))
    sell(world, 1)


def late_events(world: World) -> None:
    live(world)
    world.receive(a_signal(an_order(id="order-1")))
    world.clock.advance(POLICY.stuck_after + timedelta(seconds=1))


def silent_webhooks(world: World) -> None:
    live(world)
    begun = world.clock()
    state = CatchUp(starts_at=begun, listed_until=begun, nightly_at=begun + DAY, at=begun)
    put(world.services.tenants, TENANT, catch_up=state)
    for number in range(1, SILENT_OBJECTS + 1):
        at = world.clock()
        sold = an_order(id=f"order-{number}", updated_at=at, paid_at=at)
        world.shops.orders[sold.id] = sold
        world.clock.advance(SILENT_FOR / 2)
        sweep_and_list(world)
        world.run_tasks()


def a_doubt(world: World) -> None:
    live(world)
    save_installation(world.services.tenants, TENANT, Installation(state=InstallState.HELD))


def a_pause(world: World) -> None:
    live(world)
    world.install(some_settings(enabled=False))
    sell(world, 1)


def a_newcomer(world: World) -> None:
    world.install(some_settings(pixels=Pixels()))


# What leads to it, the pill, the reason, the words of its cure, and whether an e-mail is sent.
STATES: list[tuple[Callable[[World], None], str, str, str, bool]] = [
    (live, "Tracking live", "", "", False),
    (a_newcomer, "Setup not finished", "", "", False),
    (a_pause, "Tracking paused", "No events are sent to Meta.", "Turn on tracking", False),
    (a_dead_token, "Needs attention", TOKEN, "Enter a new access token", True),
    (a_failed_test, "Needs attention", TOKEN, "Enter a new access token", True),
    (an_outage, "Events delayed", OUTAGE, "", False),
    (a_limit, "Events delayed", "Meta is limiting requests", "", False),
    (
        no_currency,
        "Needs attention",
        "Events with a value are on hold",
        "Choose the currency",
        True,
    ),
    (late_events, "Events delayed", "Events are more than 10 minutes late", "", True),
    (silent_webhooks, "Needs attention", "Commerce7 no longer notifies 1Pixel", "", True),
    (a_doubt, "Events delayed", "Events are on hold until Commerce7 confirms", "", False),
]
PILLS = {pill for _, pill, *_ in STATES}


def words(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


class Pages:
    """The places that show the health, each as its text."""

    def __init__(self, client: FlaskClient, world: World) -> None:
        self.client, self.world = client, world

    def get(self, path: str) -> str:
        answer = self.client.get(path, headers=self.world.staff())
        assert answer.status_code == 200
        return answer.text

    def part(self, path: str, element: str) -> str:
        html = self.get(path)
        return words(html[html.index(f'id="{element}"') :])

    def heads(self) -> list[str]:
        """Return the line at the head of both tabs and by itself."""
        tabs = ("/overview", "/activity", "/health")
        return [self.part(tab, "health").split("Live, every")[0][:400] for tab in tabs]

    def cards(self) -> list[str]:
        return [self.part("/overview", "setup-card"), words(self.get("/setup"))]


@pytest.fixture
def pages(client: FlaskClient, world: World) -> Pages:
    return Pages(client, world)


@pytest.mark.parametrize(("begin", "pill", "reason", "cure", "is_mailed"), STATES)
class TestEveryPlace:
    def test_says_the_same(
        self,
        pages: Pages,
        begin: Callable[[World], None],
        pill: str,
        reason: str,
        cure: str,
        *,
        is_mailed: bool,
    ) -> None:
        world = pages.world
        mailer = ListMailer()
        begin(replace(world, services=replace(world.services, mailer=mailer)))
        if begin is a_failed_test:
            data = {"role": "primary"}
            pages.client.post("/connection/test", data=data, headers=world.staff())
        for head in pages.heads():
            assert {each for each in PILLS if each in head} == {pill}
            assert (reason in head, cure in head) == (True, True)
        assert (reason in words(pages.get("/alerts")), cure in pages.get("/alerts")) == (True, True)
        assert ("banner" in pages.get("/alerts")) is bool(reason)
        figures = words(pages.get("/overview/figures"))
        assert reason in figures
        assert "All good" not in figures
        for card in pages.cards():
            assert reason in card
            assert ("Tracking is set up 3 of 3 steps done" in card) is (pill == "Tracking live")
        assert reason in words(pages.get("/configuration")) or begin in LEAVE_THE_SET_UP

        office = replace(world, services=replace(world.services, mailer=mailer))
        office.tell()
        assert any(reason in text for _, _, text in mailer.mails) is is_mailed


LEAVE_THE_SET_UP = {silent_webhooks, a_pause, an_outage, a_limit, no_currency, late_events, a_doubt}
"""States of a finished set-up: the Configuration tab shows no card, and the banner stands above."""


class TestARefusedToken:
    def test_undoes_two_steps_and_leads_to_its_field(self, pages: Pages) -> None:
        a_dead_token(pages.world)
        for card in pages.cards():
            assert "1 of 3 steps done" in card
            assert "Enter the access token" in card
        assert 'href="#primary_token"' in pages.get("/setup?here=/configuration")

    def test_is_forgotten_with_a_new_one_that_has_sent_what_waited(self, pages: Pages) -> None:
        a_dead_token(pages.world)
        pages.world.install(some_settings(**MAIL))
        pages.world.run_tasks()
        assert all("Tracking live" in head for head in pages.heads())
        assert all("3 of 3 steps done" in card for card in pages.cards())


class TestAPausedWinery:
    def test_says_so_in_its_rows(self, pages: Pages) -> None:
        a_pause(pages.world)
        newest = pages.world.services.events.newest(TENANT, limit=1)[0].record
        assert newest.status is Status.SKIPPED
        row = words(pages.get(f"/activity/rows/{newest.key}?open=1"))
        assert "tracking was paused" in row
        assert "Not sent, because tracking was paused when it came in." in row
        assert "To send events from now on, switch tracking on." in row
        assert "its channel" not in row.split("Send again")[0]


class TestAPoll:
    @pytest.mark.parametrize("path", ["/overview", "/activity/table"])
    def test_has_news_when_the_health_changes_and_the_log_does_not(
        self, pages: Pages, path: str
    ) -> None:
        world = pages.world
        live(world)
        world.services.events.add(a_record())

        def poll(mark: str) -> int:
            return pages.client.get(f"{path}?mark={mark}", headers=world.staff()).status_code

        def mark() -> str:
            found = re.search(r"mark=(\w+)", pages.get(path))
            assert found
            return found[1]

        for change in (a_test_fails, a_test_succeeds, a_doubt_comes):
            before = mark()
            assert poll(before) == 204
            change(pages)
            assert poll(before) == 200


def a_test_fails(pages: Pages) -> None:
    pages.world.connections.answer = ConnectionTestAnswer(verdict=BAD_TOKEN)
    press_test(pages)


def a_test_succeeds(pages: Pages) -> None:
    pages.world.connections.answer = ConnectionTestAnswer(verdict=ACCEPTED)
    press_test(pages)


def a_doubt_comes(pages: Pages) -> None:
    held = Installation(state=InstallState.HELD)
    save_installation(pages.world.services.tenants, TENANT, held)


def press_test(pages: Pages) -> None:
    data = {"role": "primary"}
    pages.client.post("/connection/test", data=data, headers=pages.world.staff())
