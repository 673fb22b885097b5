from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.delivery import DeliveryStatus, Try, Wait
from service.domain.event import Content, CustomData, DeliveryCategory, EventName
from service.domain.money import Money
from service.domain.record import EventRecord, Status
from service.domain.resend import GONE
from service.domain.tenant import Role
from service.domain.verdict import Answer
from service.usecases.read_log import PAGE_SIZE
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record, some_settings
from tests.conftest import World

TABLE = "/activity/table"
SECOND = timedelta(seconds=1)


def get(client: FlaskClient, world: World, path: str = TABLE) -> str:
    answer = client.get(path, headers=world.staff())
    assert answer.status_code == 200
    return answer.text


def add(world: World, *records: EventRecord) -> None:
    for record in records:
        assert world.services.events.add(record)


def failed(reason: str = "Meta refused the event", **changes: Any) -> dict[str, Any]:
    delivery = a_delivery(status=DeliveryStatus.ERROR, reason=reason, due_at=None, **changes)
    return {"deliveries": {Role.PRIMARY: delivery}}


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    """Have a winery in California."""
    world.install(some_settings(timezone="America/Los_Angeles"))


class TestARow:
    def test_shows_what_a_merchant_asks_first(self, client: FlaskClient, world: World) -> None:
        custom = CustomData(value=Money(minor=11584, currency="USD"))
        add(world, a_record(custom=custom, received_at=NOW - timedelta(minutes=5)))
        html = get(client, world)
        for shown in ("Purchase", "Order #2101", "Web", "115.84 USD", "queued", "5 min ago"):
            assert shown in html
        assert 'title="Tue 04 Aug 2026, 16:55:00 PDT"' in html

    def test_leads_to_its_object_in_commerce7(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(object_id="a/b"))
        assert f'/commerce7/admin/{TENANT}/store/order/a%2Fb"' in get(client, world)

    def test_is_the_newest_first(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(key="1", object_number="1001"))
        add(world, a_waiting_record(key="2", object_number="1002", received_at=NOW + SECOND))
        html = get(client, world)
        assert html.index("#1002") < html.index("#1001")
        assert "not paid yet" in html

    def test_tells_its_pixels_apart_where_there_are_two(
        self, client: FlaskClient, world: World
    ) -> None:
        both = {Role.PRIMARY: a_delivery(), Role.SECONDARY: failed()["deliveries"][Role.PRIMARY]}
        add(world, a_record(deliveries=both))
        html = get(client, world)
        assert html.index("Primary") < html.index("Secondary") < html.index("Meta refused")
        assert "None" not in html

    def test_prints_what_it_shows_as_text(self, client: FlaskClient, world: World) -> None:
        hostile = "<img src=x onerror=alert(1)>"
        add(world, a_record(object_number=hostile, object_id=hostile, **failed(hostile)))
        html = get(client, world) + get(client, world, f"/activity/rows/{'0' * 64}?open=1")
        assert "<img" not in html
        assert "&lt;img src=x" in html


class TestTheTable:
    def test_tells_a_newcomer_what_to_do(self, client: FlaskClient, world: World) -> None:
        assert "Place an order in Commerce7" in get(client, world)

    def test_shows_a_tenant_its_own_events_only(self, client: FlaskClient, world: World) -> None:
        world.install(tenant_id="other-winery")
        add(world, a_record(tenant_id="other-winery", object_number="theirs"))
        assert "theirs" not in get(client, world)
        assert "theirs" in client.get(TABLE, headers=world.staff("other-winery")).text

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", "lead pos-purchase"),
            ("show=website", "view"),
            ("show=tests", "test"),
            ("show=all", "lead pos-purchase test view"),
            ("event=Lead", "lead"),
            ("status=error", "pos-purchase"),
            ("channel=POS", "pos-purchase"),
            ("channel=POS&event=Lead", ""),
            ("object=lead", "lead"),
            ("from=2026-08-05", ""),
            ("from=2026-08-04&to=2026-08-04", "lead pos-purchase"),
            ("to=2026-08-03", ""),
            ("event=Nonsense&status=&from=yesterday&show=x", "lead pos-purchase"),
        ],
    )
    def test_shows_what_is_asked_for(
        self, client: FlaskClient, world: World, query: str, shown: str
    ) -> None:
        add(
            world,
            a_record(key="1", object_number="pos-purchase", channel="POS", **failed()),
            a_record(key="2", object_number="lead", name=EventName.LEAD, channel=None),
            a_record(key="3", object_number="view", name=EventName.PAGE_VIEW, channel=None),
            a_record(key="4", object_number="test", is_test=True, channel=None),
        )
        html = get(client, world, f"{TABLE}?{query}")
        found = [each for each in ("lead", "pos-purchase", "test", "view") if f"#{each}" in html]
        assert " ".join(found) == shown
        assert bool(found) or "No event matches" in html

    def test_goes_on_where_it_ended_although_events_arrive(
        self, client: FlaskClient, world: World
    ) -> None:
        many = range(PAGE_SIZE + 3)
        add(world, *(a_record(key=f"{n:03}", received_at=NOW + n * SECOND) for n in many))
        html = get(client, world, "/activity")
        further = html.split('hx-get="/activity?after=')[1].split('"')[0]
        add(world, a_record(key="new", received_at=NOW + timedelta(hours=1)))

        older = get(client, world, f"/activity?after={further}")
        assert [f"event-{n:03}" in older for n in (0, 1, 2, 3)] == [True, True, True, False]
        assert "data-live" not in older
        assert "Back to the newest events" in older

    @pytest.mark.parametrize("forged", ["x", "WyIyMDI2LTA4LTA1IiwiYSJd.forged", "%00", "é"])
    def test_begins_at_the_top_with_a_place_that_is_not_ours(
        self, client: FlaskClient, world: World, forged: str
    ) -> None:
        add(world, a_record())
        assert "data-live" in get(client, world, f"{TABLE}?after={forged}")

    def test_takes_no_place_of_another_winery(self, client: FlaskClient, world: World) -> None:
        world.install(tenant_id="other-winery")
        many = range(PAGE_SIZE + 1)
        add(world, *(a_record(key=f"{n:03}", received_at=NOW + n * SECOND) for n in many))
        html = get(client, world)
        further = html.split('hx-get="/activity?after=')[1].split('"')[0]
        add(world, a_record(tenant_id="other-winery", received_at=NOW - SECOND))
        theirs = client.get(f"{TABLE}?after={further}", headers=world.staff("other-winery")).text
        assert "data-live" in theirs


class TestAPoll:
    def mark(self, html: str) -> str:
        return html.split("mark=")[1].split('"', maxsplit=1)[0].split("&", maxsplit=1)[0]

    def test_is_answered_with_nothing_while_nothing_has_changed(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record())
        mark = self.mark(get(client, world))
        answer = client.get(f"{TABLE}?mark={mark}", headers=world.staff())
        assert (answer.status_code, answer.data) == (204, b"")
        assert len(answer.headers.to_wsgi_list()) <= 3

    def test_is_answered_with_the_rows_after_any_change(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record())
        mark = self.mark(get(client, world))
        stored = world.services.events.find(TENANT, "0" * 64)
        assert stored
        world.services.events.replace(stored, replace(stored.record, **failed("new")))
        assert "new" in get(client, world, f"{TABLE}?mark={mark}")

    def test_of_an_empty_log_shows_the_first_event(self, client: FlaskClient, world: World) -> None:
        html = get(client, world, f"{TABLE}?mark=")
        assert "No events yet" in html
        add(world, a_record())
        assert "Order #2101" in get(client, world, TABLE)

    def test_keeps_rows_open(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(key="a" * 64), a_record(key="b" * 64))
        html = get(client, world, f"{TABLE}?open={'a' * 64}&open=gone")
        assert html.count('name="open"') == 1
        assert f'value="{"a" * 64}"' in html

    def test_keeps_a_row_that_is_read_although_newer_ones_push_it_off(
        self, client: FlaskClient, world: World
    ) -> None:
        many = range(PAGE_SIZE + 5)
        add(world, *(a_record(key=f"{n:03}", received_at=NOW + n * SECOND) for n in many))
        html = get(client, world, f"{TABLE}?open=001&open=002")
        assert html.index("event-005") < html.index("event-002") < html.index("event-001")
        assert "event-003" not in html
        assert "event-001" not in get(client, world, f"{TABLE}?open=001&status=error")


class TestAnOpenedRow:
    def opened(self, client: FlaskClient, world: World, **changes: Any) -> str:
        add(world, a_record(**changes))
        return get(client, world, f"/activity/rows/{'0' * 64}?open=1")

    def test_tells_every_attempt(self, client: FlaskClient, world: World) -> None:
        tries = (
            Try(at=NOW, took=timedelta(seconds=1.5), answer=Answer.TRANSIENT,
                explanation="Meta could not take the event (HTTP 503)"),
            Try(at=NOW + SECOND, explanation="cut short"),
            Try(at=NOW + 2 * SECOND, took=SECOND, answer=Answer.ACCEPTED, trace_id="trace-9"),
        )  # fmt: skip
        sent = a_delivery(status=DeliveryStatus.SENT, tries=tries, pixel_id="77", due_at=None)
        html = self.opened(client, world, deliveries={Role.PRIMARY: sent})
        for told in ("Received from Commerce7", "Queued", "Attempt failed", "HTTP 503", "1.5 s",
                     "Attempt cut short", "Meta took it", "trace trace-9", "77"):  # fmt: skip
            assert told in html

    def test_tells_what_was_sent(self, client: FlaskClient, world: World) -> None:
        by_mail = DeliveryCategory.HOME_DELIVERY
        contents = (
            Content(id="SKU-1", quantity=2, unit_price=4900, delivery_category=by_mail),
            Content(id="SKU-2", quantity=3, unit_price=0),
        )
        value = Money(minor=9800, currency="USD")
        custom = CustomData(value=value, order_id="2101", contents=contents)
        html = self.opened(
            client, world, custom=custom, match_keys=("email",), data_use_rule="California"
        )
        for told in ("98.00 USD", "SKU-1", "49.00 USD", "c7-order-1", "California",
                     "email", "click id", "website snippet", "delivered",
                     "<dd>5</dd>"):  # fmt: skip
            assert told in html

    @pytest.mark.parametrize(
        ("delivery", "told"),
        [
            (a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.TOKEN), "Enter a new token"),
            (
                a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.CURRENCY),
                "Choose the currency",
            ),
            (a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.PACE), "asks for a rest"),
            (a_delivery(status=DeliveryStatus.ERROR, waits_for=Wait.VENDOR), "every hour"),
            (a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.INSTALLATION), "installed"),
            (a_delivery(status=DeliveryStatus.ERROR, code=100, subcode=2804050), "phone number"),
            (a_delivery(status=DeliveryStatus.ERROR, code=100, subcode=7), "trace id"),
            (a_delivery(status=DeliveryStatus.SKIPPED, reason="switched off"), "the switches"),
            (a_delivery(), "goes on by itself"),
        ],
    )
    def test_says_what_to_do(
        self, client: FlaskClient, world: World, delivery: Any, told: str
    ) -> None:
        assert told in self.opened(client, world, deliveries={Role.PRIMARY: delivery})

    @pytest.mark.parametrize(
        ("record", "told", "can_be_sent"),
        [
            (failed(code=100, subcode=2804050), "phone number", True),
            (failed(GONE, code=100, subcode=2804050), "Commerce7 no longer has it", False),
            (
                failed("could not be sent again: Commerce7 refuses us access"),
                "could not tell",
                True,
            ),
            (failed() | {"is_test": True}, "simulate the event anew", False),
            (
                failed() | {"name": EventName.COMPLETE_REGISTRATION, "object_kind": "Customer"},
                "nothing is kept of whom to ask",
                False,
            ),
            (failed() | {"occurred_at": NOW - timedelta(days=7)}, "older than 7 days", False),
        ],
    )
    def test_advises_on_the_failure_that_it_shows(
        self, client: FlaskClient, world: World, record: Any, told: str, *, can_be_sent: bool
    ) -> None:
        html = self.opened(client, world, **record)
        assert told in html
        assert ("Send again" in html) is can_be_sent

    def test_tells_its_steps_as_they_happened(self, client: FlaskClient, world: World) -> None:
        attempts = tuple(
            Try(at=NOW + seconds * SECOND, answer=answer, explanation="why")
            for seconds, answer in ((2, Answer.PERMANENT), (30, Answer.ACCEPTED))
        )
        again = a_delivery(
            status=DeliveryStatus.SENT, tries=attempts,
            queued_at=NOW + SECOND, resumed_at=NOW + 20 * SECOND,
        )  # fmt: skip
        html = self.opened(
            client, world, deliveries={Role.PRIMARY: again}, resolved_at=NOW + 25 * SECOND
        )
        timeline = html.split("<ol")[1]
        steps = ("Received", "Queued", "Attempt failed", "again", "Looked up", "Meta took it")
        places = [timeline.index(step) for step in steps]
        assert places == sorted(places)

    @pytest.mark.parametrize("role", Role)
    def test_leads_to_the_token_of_the_pixel_that_waits(
        self, client: FlaskClient, world: World, role: Role
    ) -> None:
        waiting = a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.TOKEN)
        html = self.opened(client, world, deliveries={role: waiting})
        assert f"#{role}_token" in html

    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({}, "Received from Commerce7"),
            ({"name": EventName.PAGE_VIEW}, "Received from your website"),
            ({"is_test": True}, "Started in Configuration"),
        ],
    )
    def test_says_where_it_came_from(
        self, client: FlaskClient, world: World, changes: Any, told: str
    ) -> None:
        assert told in self.opened(client, world, **changes)

    def test_says_when_it_is_tried_next(self, client: FlaskClient, world: World) -> None:
        later = NOW + timedelta(minutes=2)
        retrying = a_delivery(status=DeliveryStatus.RETRYING, not_before=later)
        html = self.opened(client, world, deliveries={Role.PRIMARY: retrying})
        assert "Next attempt Tue 04 Aug 2026, 17:02:00 PDT" in html

    def test_that_nobody_knows_is_not_found(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(tenant_id="other-winery"))
        add(world, a_record(key="lock").without_content(now=NOW))
        for key in ("0" * 64, "lock", "nothing"):
            path = f"/activity/rows/{key}?open=1"
            assert client.get(path, headers=world.staff()).status_code == 404

    @pytest.mark.parametrize("state", [Status.RECEIVED, Status.WAITING, Status.SKIPPED])
    def test_without_deliveries_says_why(
        self, client: FlaskClient, world: World, state: Status
    ) -> None:
        html = self.opened(client, world, deliveries={}, state=state, reason="the reason")
        assert "the reason" in html
