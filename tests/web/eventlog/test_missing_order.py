"""An order number that the log does not have, and Commerce7's answer about it."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.shop.order import OrderKind, Payment
from service.domain.tenants.counting import Counting
from service.ports import Refusal, ShopError
from tests.builders import NOW, TENANT, a_record, an_order, some_settings
from tests.conftest import World
from tests.tenants import put
from tests.web.log_pages import TABLE, add, get

ASK = "Ask Commerce7 now"


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    """Set a winery up in California, a week ago."""
    world.install(some_settings(timezone="America/Los_Angeles"))
    since = NOW - timedelta(days=7)
    put(world.services.tenants, TENANT, counting=Counting(at=NOW + timedelta(days=9), since=since))


def ask(client: FlaskClient, world: World, number: str = "2101", **staff: str) -> TestResponse:
    headers = {**world.staff(**staff), "HX-Request": "true"}
    return client.post("/activity/order", data={"number": number}, headers=headers)


class TestAnOrderThatIsNotInTheLog:
    def test_is_named_with_what_may_be_the_cause(self, client: FlaskClient, world: World) -> None:
        html = get(client, world, f"{TABLE}?object=1042")
        assert "Order 1042 is not in your Event Log." in html
        assert "from before 1Pixel was installed" in html
        assert "deleted after 90 days" in html
        assert ASK in html

    def test_is_not_asked_for_by_a_reader(self, client: FlaskClient, world: World) -> None:
        html = client.get(f"{TABLE}?object=1042", headers=world.staff(role="Data")).text
        assert ASK not in html
        assert "These roles can ask Commerce7 for the order: Admin Owner, Admin." in html
        assert ask(client, world, role="Data").status_code == 403
        assert world.shops.asked == []

    @pytest.mark.parametrize("typed", ["", "c7-order-1", "10 42", "1" * 13])
    def test_is_a_number(self, client: FlaskClient, world: World, typed: str) -> None:
        html = client.get(TABLE, query_string={"object": typed}, headers=world.staff()).text
        assert ASK not in html
        answer = ask(client, world, typed)
        assert answer.status_code == 422
        assert "This is not an order number" in answer.text
        assert world.shops.asked == []

    def test_may_be_hidden_by_other_filters(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(object_number="1042"))
        html = get(client, world, f"{TABLE}?object=1042&status=error")
        assert "Order 1042 is hidden by your filters." in html
        assert 'hx-get="/activity?show=all&amp;object=1042"' in html
        assert ASK not in html


class TestCommerce7sAnswer:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, ("Order 2101 is in your log now", "it is on its way to Meta")),
            (
                {"payment": Payment.OPEN, "paid_at": None},
                ("Order 2101 is in your log now", "The order is not paid yet."),
            ),
            ({"kind": OrderKind.REFUND}, ("Order 2101 is in your log now", "it is a refund")),
            (
                {"paid_at": NOW - timedelta(days=8)},
                ("Order 2101 is from before 1Pixel", "placed on Jul 27, 2026, 5:00 PM PDT"),
            ),
            ({"number": "7"}, ("Commerce7 has no order 2101", "Check the number")),
        ],
    )
    def test_is_put_into_words(
        self,
        client: FlaskClient,
        world: World,
        changes: dict[str, object],
        expected: tuple[str, str],
    ) -> None:
        order = an_order(**changes)
        world.shops.orders[order.id] = order
        answer = ask(client, world)
        assert answer.status_code == 200
        for words in expected:
            assert words in answer.text
        is_taken = "in your log now" in expected[0]
        assert ("/activity/event?key=" in answer.text) is is_taken
        assert ("Order #2101" in get(client, world, f"{TABLE}?object=2101")) is is_taken

    @pytest.mark.parametrize("refusal", Refusal)
    def test_that_never_came_says_what_to_do(
        self, client: FlaskClient, world: World, refusal: Refusal
    ) -> None:
        world.shops.refusals["orders"] = ShopError(refusal)
        answer = ask(client, world)
        assert answer.status_code == 200
        assert "Order 2101 could not be checked" in answer.text
        assert "Commerce7" in answer.text

    def test_is_asked_for_at_a_limited_rate(self, client: FlaskClient, world: World) -> None:
        answers = [ask(client, world, "1") for _ in range(9)]
        assert [each.status_code for each in answers] == [200] * 8 + [429]
        assert "Try again in a minute." in answers[-1].text
        assert len(world.shops.asked) == 8


def test_the_overview_has_the_same_search(client: FlaskClient, world: World) -> None:
    html = get(client, world, "/overview")
    form = html.partition('aria-label="Orders"')[2].partition("</form>")[0]
    assert 'hx-get="/activity"' in form
    assert 'name="object"' in form
