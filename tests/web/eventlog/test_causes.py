"""Why events were not sent, by cause, and sending again what failed for one cause."""

from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient

from service.domain.delivery.delivery import DeliveryStatus, Wait
from service.domain.events.event import CustomData
from service.domain.events.money import Money
from service.domain.events.reason import Details, Reason, Switch
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Payment
from service.domain.tenants.tenant import Role
from tests.builders import TENANT, a_delivery, a_record, a_signal, an_order
from tests.conftest import World
from tests.unit.usecases.failures import fail, rows, statuses
from tests.web.log_pages import add, failed, get

PAGE = "/activity/causes"
WORTH = Money(minor=5000, currency="USD")


def look(client: FlaskClient, world: World, query: str = "") -> str:
    return " ".join(unescape(get(client, world, f"{PAGE}?{query}")).split())


def skipped(key: str, reason: Reason, **changes: object) -> EventRecord:
    return a_record(key=key, deliveries={}, state=Status.SKIPPED, reason=reason, **changes)


class TestTheCauses:
    def test_count_events_and_amounts_the_most_urgent_first(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        custom = CustomData(value=Money(minor=11584, currency="USD"))
        held = a_delivery(
            status=DeliveryStatus.HELD, reason=Reason.TOKEN_EXPIRED, waits_for=Wait.TOKEN
        )
        both = dict.fromkeys(Role, held)
        add(
            world,
            skipped("s1", Reason.NO_MATCH_KEYS, worth=WORTH),
            skipped("s2", Reason.NO_MATCH_KEYS, worth=WORTH),
            skipped("s3", Reason.REFUND, worth=Money(minor=-5000, currency="USD")),
            a_record(key="f", custom=custom, **failed(Reason.NOBODY_MATCHED)),
            a_record(key="h", custom=custom, deliveries=both),
            a_record(key="q", custom=custom),
        )
        html = look(client, world)
        order = ("5 causes", "not sent: <strong>215.84 USD", "on hold: <strong>115.84 USD",
                 "1 event, 115.84 USD",
                 "#primary_token", "#secondary_token", "2 events, 100.00 USD",
                 "could not match it to a person", "it is a refund")  # fmt: skip
        places = [html.index(text) for text in order]
        assert places == sorted(places)
        assert "2 causes" in look(client, world, "status=skipped")
        assert "All of these events were sent" in look(client, world, "status=sent")

    def test_of_each_switch_are_causes_of_their_own(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        for switch in Switch:
            add(world, skipped(switch, Reason.SWITCHED_OFF, details=Details(switch=switch)))
        html = look(client, world)
        assert "3 causes" in html
        assert html.count("tracking was paused") == 2  # its few words, and what they mean

    def test_are_not_changed_by_a_reader(self, client: FlaskClient, world: World) -> None:
        fail(world)
        answer = client.get(PAGE, headers=world.staff(role="Data"))
        assert "1 event" in answer.text
        assert "/activity/resend" not in answer.text
        assert "/activity/resend" in look(client, world)


class TestSendingAgain:
    def test_takes_only_what_failed_for_the_cause(self, client: FlaskClient, world: World) -> None:
        first, second = fail(world, 1, 2)
        stored = world.services.events.find(TENANT, second.key)
        assert stored
        other = failed(Reason.CURRENCY_REFUSED)
        changed = a_record(
            key=second.key, object_id=second.object_id, received_at=second.received_at, **other
        )
        assert world.services.events.replace(stored, changed)
        html = look(client, world)
        path = html.split('hx-get="/activity/resend?')[1].split('"')[0]
        assert "cause=Meta" in path
        world.clock.advance(timedelta(seconds=1))
        plan = unescape(get(client, world, f"/activity/resend?{path}"))
        assert "1 event can be sent again" in plan
        assert "Only events that failed for this reason" in plan
        answer = client.post(f"/activity/resend?{path}", headers=world.staff())
        assert "Sending 1 event again" in answer.text
        world.run_tasks()
        assert sorted(statuses(world)) == ["error", "sent"]
        assert {row.key: str(row.status) for row in rows(world)}[first.key] in {"error", "sent"}


class TestAnOrderThatIsNotSent:
    def test_shows_its_amount(self, client: FlaskClient, world: World) -> None:
        world.install()
        world.receive(a_signal(an_order(payment=Payment.OPEN, total=12345)))
        assert "123.45 USD" in get(client, world)
        assert world.row().worth == Money(minor=12345, currency="USD")
