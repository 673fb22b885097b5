"""Commerce7's lists of what was changed, page by page."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from service.commerce7.client import Commerce7Shops
from service.domain.shop.signal import ObjectKind
from service.ports import ShopPage
from tests.builders import TENANT
from tests.unit.commerce7.platform import a_platform

Shops = Callable[..., Commerce7Shops]


def listed(*objects: dict[str, Any]) -> dict[str, Any]:
    return {"order?updatedAt=gte:2026-08-05&limit=50&page=1": {"orders": list(objects)}}


class TestAListOfChanges:
    SINCE = datetime(2026, 8, 5, 12, tzinfo=UTC)

    def page(self, shops: Shops, *objects: dict[str, Any]) -> ShopPage:
        with a_platform(**listed(*objects)) as platform:
            return shops(platform).changed(TENANT, ObjectKind.ORDER, since=self.SINCE, page=1)

    def test_leaves_out_what_was_changed_earlier_on_that_day(self, shops: Shops) -> None:
        times = ("2026-08-05T11:59:59.000Z", "2026-08-05T12:00:00.000Z", None)
        page = self.page(shops, *({"id": f"{n}", "updatedAt": at} for n, at in enumerate(times)))
        assert [fact.id for fact in page.facts] == ["1", "2"]
        assert not page.has_next

    def test_goes_on_behind_a_full_page(self, shops: Shops) -> None:
        old = [{"id": f"{n}", "updatedAt": "2026-08-05T00:00:00.000Z"} for n in range(50)]
        page = self.page(shops, *old)
        assert (len(page.facts), page.has_next) == (0, True)

    def test_survives_strange_entries(self, shops: Shops) -> None:
        page = self.page(shops, {}, {"id": None}, {"id": "../x"}, {"id": "2", "items": 7})
        assert [fact.id for fact in page.facts] == ["2"]

    def test_is_named_after_its_objects(self, shops: Shops) -> None:
        names = {
            ObjectKind.ORDER: ("order", "orders"),
            ObjectKind.MEMBERSHIP: ("club-membership", "clubMemberships"),
            ObjectKind.RESERVATION: ("reservation", "reservations"),
            ObjectKind.CUSTOMER: ("customer", "customers"),
        }
        for kind, (path, name) in names.items():
            query = f"{path}?updatedAt=gte:2026-08-05&limit=50&page=2"
            with a_platform(**{query: {name: [{"id": "1"}]}}) as platform:
                page = shops(platform).changed(TENANT, kind, since=self.SINCE, page=2)
            assert [fact.id for fact in page.facts] == ["1"]
