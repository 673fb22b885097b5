"""Commerce7's lists of what was changed, page by page."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.commerce7.client import Commerce7Shops
from service.domain.shop.signal import Action, Actor, Fact, ObjectKind
from service.ports import Refusal, ShopPage
from tests.builders import TENANT
from tests.unit.commerce7.platform import Platform, a_platform, refusal

Shops = Callable[..., Commerce7Shops]

SINCE = datetime(2026, 8, 5, 12, tzinfo=UTC)
EXACT = "updatedAt=gte:2026-08-05T12:00:00.000Z&limit=50"
DAY = "updatedAt=gte:2026-08-05&limit=50"
REFUSED: tuple[int, dict[str, str]] = (422, {})


def orders(shops: Commerce7Shops, place: str = "", *, is_thorough: bool = False) -> ShopPage[Fact]:
    """Return a page of the orders that were changed since noon."""
    return shops.changed(
        TENANT, ObjectKind.ORDER, since=SINCE, place=place, is_thorough=is_thorough
    )


def ids(page: ShopPage[Fact]) -> list[str]:
    return [fact.id for fact in page.items]


def some(number: int, *, at: str = "2026-08-05T12:00:00.000Z") -> list[dict[str, Any]]:
    return [{"id": f"{n}", "updatedAt": at} for n in range(number)]


def asked(platform: Platform) -> list[str]:
    return [path.removeprefix("/v1/order?") for path, _ in platform.calls]


class TestAListOfChanges:
    def test_goes_on_behind_a_cursor_until_there_is_none(self, shops: Shops) -> None:
        pages = {
            f"order?{EXACT}&cursor=start": {"orders": some(50), "cursor": "a/b"},
            f"order?{EXACT}&cursor=a%2Fb": {"orders": some(2)},
        }
        with a_platform(**pages) as platform:
            first = orders(shops(platform))
            last = orders(shops(platform), first.following)
        assert (len(first.items), len(last.items), last.following) == (50, 2, "")

    def test_leaves_out_what_was_changed_earlier_on_that_day(self, shops: Shops) -> None:
        times = ("2026-08-05T11:59:59.000Z", "2026-08-05T12:00:00.000Z", None)
        found = [{"id": f"{n}", "updatedAt": at} for n, at in enumerate(times)]
        with a_platform(**{f"order?{DAY}&page=1": {"orders": found}}) as platform:
            page = orders(shops(platform), is_thorough=True)
        assert (ids(page), page.following) == (["1", "2"], "")

    def test_survives_strange_entries(self, shops: Shops) -> None:
        found = [{}, {"id": None}, {"id": "../x"}, {"id": "2", "items": 7}]
        with a_platform(**{f"order?{EXACT}&cursor=start": {"orders": found}}) as platform:
            assert ids(orders(shops(platform))) == ["2"]

    @pytest.mark.parametrize(
        ("kind", "path", "name"),
        [
            (ObjectKind.ORDER, "order", "orders"),
            (ObjectKind.MEMBERSHIP, "club-membership", "clubMemberships"),
            (ObjectKind.RESERVATION, "reservation", "reservations"),
            (ObjectKind.CUSTOMER, "customer", "customers"),
        ],
    )
    def test_is_named_after_its_objects(
        self, shops: Shops, kind: ObjectKind, path: str, name: str
    ) -> None:
        found = {f"{path}?{EXACT}&cursor=start": {name: [{"id": "1"}]}}
        with a_platform(**found) as platform:
            page = shops(platform).changed(TENANT, kind, since=SINCE, place="")
        assert ids(page) == ["1"]


class TestAWayOfAskingThatCommerce7DoesNotTake:
    def test_is_replaced_by_the_documented_one_for_good(self, shops: Shops) -> None:
        found = {f"order?{DAY}&page=1": {"orders": some(50)}}
        with a_platform(**found) as platform:
            client = shops(platform)
            platform.script += [REFUSED, REFUSED]
            page = orders(client)
            again = orders(client.in_background())
        ways = [f"{EXACT}&cursor=start", f"{EXACT}&page=1", f"{DAY}&page=1", f"{DAY}&page=1"]
        assert asked(platform) == ways
        assert ids(page) == ids(again)
        assert page.following == "day:2"

    def test_is_recognised_by_entries_that_are_too_old(self, shops: Shops) -> None:
        """A cursor may ignore the filter: all of the winery's orders would be read."""
        found = {
            f"order?{EXACT}&cursor=start": {"orders": some(50), "cursor": "x"},
            f"order?{EXACT}&cursor=x": {"orders": some(1, at="2024-01-01T00:00:00.000Z")},
            f"order?{EXACT}&page=1": {"orders": some(3)},
        }
        with a_platform(**found) as platform:
            client = shops(platform)
            first = orders(client)
            anew = orders(client, first.following)
        assert (len(first.items), len(anew.items), anew.following) == (50, 3, "")

    def test_is_the_last_one_only_if_commerce7_refuses_it(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.script += [REFUSED] * 3
            error = refusal(lambda: orders(shops(platform)))
        assert error.refusal is Refusal.OUR_FAULT

    def test_is_not_tried_at_night(self, shops: Shops) -> None:
        found = {f"order?{DAY}&page=1": {"orders": some(50)}}
        with a_platform(**found) as platform:
            orders(shops(platform), is_thorough=True)
        assert asked(platform) == [f"{DAY}&page=1"]


class TestNumberedPages:
    def test_are_asked_for_once_a_minute_beyond_the_hundredth(self, shops: Shops) -> None:
        found = {f"order?{DAY}&page={n}": {"orders": some(50), "total": 7} for n in (99, 100)}
        with a_platform(**found) as platform:
            fast, slow = (orders(shops(platform), f"day:{n}") for n in (99, 100))
        assert (fast.following, fast.rest) == ("day:100", timedelta(0))
        assert (slow.following, slow.rest) == ("day:101", timedelta(minutes=1))
        assert slow.total == 7


def logged(**changes: Any) -> dict[str, Any]:
    entry = {
        "url": "https://1pixel.example/webhooks/commerce7",
        "object": "ClubMembership",
        "action": "Create",
        "payload": {"id": "m1", "status": "Active"},
        "user": "staff@winery.example",
        "isSuccess": False,
        "updatedAt": "2026-08-05T12:00:01.000Z",
    }
    return entry | changes


class TestTheLogOfWebhooks:
    def test_tells_of_those_of_ours_that_failed(self, shops: Shops) -> None:
        entries = [
            logged(),
            logged(url="https://other.example/hook"),
            logged(url="https://["),
            logged(isSuccess=True),
            logged(object="Cart"),
            logged(updatedAt="2026-08-05T11:00:00.000Z"),
        ]
        path = f"web-hook-log?isSuccess=false&{EXACT}&page=1"
        with a_platform(**{path: {"webHookLogs": entries, "total": 6}}) as platform:
            page = shops(platform).failed_webhooks(TENANT, since=SINCE, place="")
        (signal,) = page.items
        assert (signal.kind, signal.action, signal.fact.id, signal.actor) == (
            ObjectKind.MEMBERSHIP,
            Action.CREATE,
            "m1",
            Actor.STAFF,
        )


class TestANumber:
    def test_finds_its_own_order_alone_by_one_request(self, shops: Shops) -> None:
        found = [
            {"id": "1", "orderNumber": 10420},
            {"id": "2", "orderNumber": 1042},
            {"id": "../x", "orderNumber": 1042},
            {"id": "4", "orderNumber": None},
        ]
        with a_platform(**{"order?q=1042&limit=50": {"orders": found}}) as platform:
            numbered = shops(platform).orders_numbered(TENANT, "1042")
        assert [order.id for order in numbered] == ["2"]
        assert len(platform.calls) == 1
