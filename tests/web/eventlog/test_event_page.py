"""An event's own page: Meta's receipt, and a link that serves the winery alone."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.delivery.delivery import Delivery, DeliveryStatus, Try
from service.domain.delivery.verdict import Answer
from service.domain.events.event import CustomData
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.tenants.tenant import Role
from service.web.request import problems
from tests.builders import NOW, PIXEL, TENANT, a_delivery, a_record, a_waiting_record, some_settings
from tests.conftest import World
from tests.web.log_pages import TABLE, add, failed, get

KEY = "0" * 64
PAGE = f"/activity/event?key={KEY}"
LINK = f"http://localhost:8080/?tenantId={TENANT}&tab=activity%2Fevent&key={KEY}"
OTHER = "other-winery"


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    """Set a winery up in California."""
    world.install(some_settings(timezone="America/Los_Angeles"))


def received() -> Delivery:
    """Return a delivery that Meta took at the second attempt."""
    tries = (
        Try(at=NOW, answer=Answer.TRANSIENT, trace_id="trace-of-a-failure"),
        Try(at=NOW + timedelta(seconds=30), answer=Answer.ACCEPTED, trace_id="trace-9"),
    )
    return a_delivery(status=DeliveryStatus.SENT, tries=tries, pixel_id=PIXEL, due_at=None)


def card(html: str) -> str:
    """Return the receipt."""
    return html.partition('aria-labelledby="receipt-title"')[2].partition("</section>")[0]


class TestTheReceipt:
    def test_names_all_that_meta_finds_the_event_by(
        self, client: FlaskClient, world: World
    ) -> None:
        custom = CustomData(value=Money(minor=11584, currency="USD"), order_id="2101")
        both = {Role.PRIMARY: received(), Role.SECONDARY: failed()["deliveries"][Role.PRIMARY]}
        add(world, a_record(deliveries=both, custom=custom, match_keys=("email", "phone")))
        html = get(client, world, PAGE)
        assert "Meta received this event for one of your two pixels" in card(html)
        for expected in (PIXEL, "trace-9", "Tue, Aug 4, 2026, 5:00:30 PM PDT", "1 event received"):
            assert expected in card(html)
        assert "trace-of-a-failure" not in card(html)
        assert "Secondary pixel Meta refused the event" in card(html)
        assert card(html).count("1 event received") == 1
        for expected in ("Order #2101", "c7-order-1", "115.84 USD", "e-mail, phone"):
            assert expected in html

    @pytest.mark.parametrize(
        ("changes", "why"),
        [
            (failed(Reason.NOBODY_MATCHED), "Meta could not match this event to a person."),
            ({"deliveries": {}, "state": "skipped", "reason": Reason.REFUND}, "it is a refund"),
        ],
    )
    def test_is_not_claimed_of_what_meta_has_not(
        self, client: FlaskClient, world: World, changes: dict[str, Any], why: str
    ) -> None:
        add(world, a_record(**changes))
        html = get(client, world, PAGE)
        assert "Meta has not received this event" in card(html)
        assert why in card(html)
        assert "Meta received this event" not in html


class TestTheAddress:
    def test_is_where_an_opened_row_and_the_overview_lead(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record())
        for place in (f"/activity/rows/{KEY}?open=1", "/overview"):
            assert f'hx-get="{PAGE}"' in get(client, world, place)

    def test_is_on_the_page_to_be_copied_and_found_by_the_search(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record(is_test=True), a_record(key="1" * 64, event_id="c7-order-9"))
        shown = unescape(get(client, world, PAGE))
        assert f">{LINK}</code>" in shown
        found = client.get(TABLE, query_string={"object": f" {LINK} "}, headers=world.staff()).text
        assert found.count('<tbody id="event-') == 1
        assert f'id="event-{KEY}"' in found
        assert "object=c7-order-1" in found

    def test_shows_another_winery_nothing(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(object_number="ours"))
        world.install(tenant_id=OTHER)
        headers = world.staff(OTHER)
        page = client.get(PAGE, headers=headers).text
        found = client.get(TABLE, query_string={"object": LINK}, headers=headers).text
        assert "This event is not in your Event Log" in page
        assert "ours" not in page + found

    @pytest.mark.parametrize("key", ["", "..", "a/b", "__x__", "f" * 64])
    def test_of_no_event_says_so(self, client: FlaskClient, world: World, key: str) -> None:
        add(world, a_waiting_record(key="f" * 64, cleared=True))
        answer = client.get("/activity/event", query_string={"key": key}, headers=world.staff())
        assert answer.status_code == 200
        assert "This event is not in your Event Log" in answer.text

    def test_opened_outside_says_how_it_is_opened(self, client: FlaskClient) -> None:
        answer = client.get(LINK)
        assert answer.status_code == 401
        assert problems.SHARED_LINK.title in answer.text
        assert "paste the link" in answer.text
