"""An opened row of the log: what happened, what was sent, and what can be done."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.delivery.delivery import DeliveryStatus, Try, Wait
from service.domain.delivery.verdict import Answer
from service.domain.events.browser_signal import JoinKey
from service.domain.events.event import Content, CustomData, DeliveryCategory, EventName
from service.domain.events.join import Joined
from service.domain.events.money import Money
from service.domain.events.reason import Details, Reason
from service.domain.records.record import Status
from service.domain.tenants.tenant import Pixels, Role
from tests.builders import NOW, a_delivery, a_record, some_settings
from tests.conftest import World
from tests.web.log_pages import add, failed, get

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    """Set a winery up in California."""
    world.install(some_settings(timezone="America/Los_Angeles"))


class TestAnOpenedRow:
    def opened(self, client: FlaskClient, world: World, **changes: Any) -> str:
        add(world, a_record(**changes))
        return get(client, world, f"/activity/rows/{'0' * 64}?open=1")

    def test_shows_every_attempt(self, client: FlaskClient, world: World) -> None:
        tries = (
            Try(at=NOW, took=timedelta(seconds=1.5), answer=Answer.TRANSIENT,
                explanation=Reason("Meta could not take the event (HTTP 503)")),
            Try(at=NOW + SECOND, explanation=Reason.CUT_SHORT),
            Try(at=NOW + 2 * SECOND, took=SECOND, answer=Answer.ACCEPTED, trace_id="trace-9"),
        )  # fmt: skip
        sent = a_delivery(status=DeliveryStatus.SENT, tries=tries, pixel_id="77", due_at=None)
        html = self.opened(client, world, deliveries={Role.PRIMARY: sent})
        for expected in ("Received from Commerce7", "Queued", "Attempt failed", "HTTP 503", "1.5 s",
                     "Attempt interrupted", "Meta received it", "trace trace-9", "77"):  # fmt: skip
            assert expected in html

    def test_shows_what_was_sent(self, client: FlaskClient, world: World) -> None:
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
        for expected in ("98.00 USD", "SKU-1", "49.00 USD", "c7-order-1", "California",
                     "e-mail", "click ID", "website snippet", "home delivery",
                     "<dd>5</dd>"):  # fmt: skip
            assert expected in html

    @pytest.mark.parametrize(
        ("joined", "expected"),
        [
            (
                Joined(by=JoinKey.CART, brought=("click id", "browser id")),
                "a visit to your website, by cart; added click ID, browser ID",
            ),
            (Joined(by=JoinKey.EMAIL, is_click=True), "a remembered ad click, by e-mail"),
        ],
    )
    def test_says_what_it_was_matched_with(
        self, client: FlaskClient, world: World, joined: Joined, expected: str
    ) -> None:
        assert expected in self.opened(client, world, joined=joined)

    @pytest.mark.parametrize(
        ("delivery", "expected"),
        [
            (a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.TOKEN), "Enter a new token"),
            (
                a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.CURRENCY),
                "Choose the currency",
            ),
            (a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.PACE), "accepts requests again"),
            (a_delivery(status=DeliveryStatus.ERROR, waits_for=Wait.VENDOR), "every hour"),
            (
                a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.INSTALLATION),
                "keeps asking Commerce7",
            ),
            (a_delivery(status=DeliveryStatus.ERROR, reason=Reason.NOBODY_MATCHED), "phone number"),
            (a_delivery(status=DeliveryStatus.ERROR, code=100, subcode=7), "trace ID"),
            (
                a_delivery(status=DeliveryStatus.SKIPPED, reason=Reason.SWITCHED_OFF),
                "Go to the switches",
            ),
            (
                a_delivery(status=DeliveryStatus.SKIPPED, reason=Reason.NO_MATCH_KEYS),
                "phone number",
            ),
            (
                a_delivery(status=DeliveryStatus.SKIPPED, reason=Reason.REFUND),
                "Not sent, because it is a refund.",
            ),
            (a_delivery(), "It is sent automatically."),
            (a_delivery(status=DeliveryStatus.SENT, due_at=None), "Meta received this event."),
        ],
    )
    def test_says_what_to_do(
        self, client: FlaskClient, world: World, delivery: Any, expected: str
    ) -> None:
        assert expected in self.opened(client, world, deliveries={Role.PRIMARY: delivery})

    @pytest.mark.parametrize(
        ("record", "expected", "can_be_sent"),
        [
            (failed(Reason.NOBODY_MATCHED), "phone number", True),
            (failed(Reason.GONE, code=100, subcode=2804050), "Commerce7 no longer has it", False),
            (
                failed(Reason.NOT_SENT_AGAIN, details=Details(because=Reason.SHOP_REFUSES_US)),
                "did not provide the details again",
                True,
            ),
            (failed() | {"is_test": True}, "simulate the event again", False),
            (
                failed() | {"name": EventName.COMPLETE_REGISTRATION, "object_kind": "Customer"},
                "stores no customer IDs of sign-ups",
                False,
            ),
            (
                failed() | {"occurred_at": NOW - timedelta(days=7)},
                "does not accept events this old",
                False,
            ),
        ],
    )
    def test_advises_on_the_failure_that_it_shows(
        self, client: FlaskClient, world: World, record: Any, expected: str, *, can_be_sent: bool
    ) -> None:
        html = self.opened(client, world, **record)
        assert expected in html
        assert ("Send again" in html) is can_be_sent

    @pytest.mark.parametrize(
        ("changes", "settings", "expected", "can_be_sent"),
        [
            ({}, {"pixels": Pixels()}, "Set up the pixel", False),
            ({}, {}, "You have a pixel now", True),
            ({}, {"enabled": False}, "switch on tracking, this event and its channel", False),
            (
                {"received_at": NOW - timedelta(days=7)},
                {},
                "does not accept events this old",
                False,
            ),
            ({"name": EventName.PAGE_VIEW}, {}, "the data of a visit is deleted", False),
        ],
    )
    def test_says_what_to_do_about_what_came_before_the_pixel(
        self,
        client: FlaskClient,
        world: World,
        changes: Any,
        settings: Any,
        expected: str,
        *,
        can_be_sent: bool,
    ) -> None:
        world.install(some_settings(**settings))
        skipped = {"deliveries": {}, "state": Status.SKIPPED, "reason": Reason.NOT_SET_UP}
        if "name" in changes:
            skipped["object_kind"] = "visit"
        html = self.opened(client, world, **skipped, **changes)
        assert expected in html
        assert ("Send again" in html) is can_be_sent

    def test_shows_its_steps_in_order(self, client: FlaskClient, world: World) -> None:
        attempts = tuple(
            Try(at=NOW + seconds * SECOND, answer=answer, explanation=Reason("why"))
            for seconds, answer in ((2, Answer.PERMANENT), (25.2, Answer.ACCEPTED))
        )
        again = a_delivery(
            status=DeliveryStatus.SENT, tries=attempts,
            queued_at=NOW + SECOND, resumed_at=NOW + 25.1 * SECOND,
        )  # fmt: skip
        html = self.opened(
            client, world, deliveries={Role.PRIMARY: again}, resolved_at=NOW + 25 * SECOND
        )
        timeline = html.split("<ol")[1]
        steps = (
            "Received",
            "Queued",
            "Attempt failed",
            "Details received",
            "Resumed",
            "Meta received it",
        )
        places = [timeline.index(step) for step in steps]
        assert places == sorted(places)

    @pytest.mark.parametrize("role", Role)
    def test_links_to_the_token_of_the_pixel_that_waits(
        self, client: FlaskClient, world: World, role: Role
    ) -> None:
        waiting = a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.TOKEN)
        html = self.opened(client, world, deliveries={role: waiting})
        assert f"#{role}_token" in html

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "Received from Commerce7"),
            ({"name": EventName.PAGE_VIEW}, "Received from your website"),
            ({"is_test": True}, "Started in Configuration"),
        ],
    )
    def test_says_where_it_came_from(
        self, client: FlaskClient, world: World, changes: Any, expected: str
    ) -> None:
        assert expected in self.opened(client, world, **changes)

    def test_says_when_it_is_tried_next(self, client: FlaskClient, world: World) -> None:
        later = NOW + timedelta(minutes=2)
        retrying = a_delivery(status=DeliveryStatus.RETRYING, not_before=later)
        html = self.opened(client, world, deliveries={Role.PRIMARY: retrying})
        assert "Next attempt Tue, Aug 4, 2026, 5:02:00 PM PDT" in html

    def test_that_does_not_exist_is_not_found(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(tenant_id="other-winery"))
        add(world, a_record(key="lock").without_content(now=NOW))
        for key in ("0" * 64, "lock", "nothing"):
            path = f"/activity/rows/{key}?open=1"
            assert client.get(path, headers=world.staff()).status_code == 404

    def test_shows_a_reason_with_its_details_and_links_to_its_section(
        self, client: FlaskClient, world: World
    ) -> None:
        details = Details(code=190, subcode=463)
        held = a_delivery(status=DeliveryStatus.HELD, reason=Reason.TOKEN_EXPIRED, details=details)
        html = self.opened(client, world, deliveries={Role.PRIMARY: held})
        assert "The access token has expired (code 190, subcode 463)" in html
        assert 'href="/docs#token-expired"' in html

    def test_shows_a_reason_of_another_release_as_it_is_and_links_to_all_of_them(
        self, client: FlaskClient, world: World
    ) -> None:
        text = Reason("Meta refused the access token (code 190, subcode 460)")
        held = a_delivery(status=DeliveryStatus.HELD, reason=text, code=190, subcode=460)
        html = self.opened(client, world, deliveries={Role.PRIMARY: held})
        assert text in html
        assert f"{text} (code" not in html
        assert 'href="/docs#reasons"' in html

    @pytest.mark.parametrize("state", [Status.RECEIVED, Status.WAITING, Status.SKIPPED])
    def test_without_deliveries_says_why(
        self, client: FlaskClient, world: World, state: Status
    ) -> None:
        html = self.opened(client, world, deliveries={}, state=state, reason=Reason("the reason"))
        assert "the reason" in html
