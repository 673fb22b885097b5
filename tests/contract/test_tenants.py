"""What every store of tenants must do. Runs on each engine."""

from datetime import timedelta, timezone

import pytest

from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.shop.public_settings import Shop
from service.domain.tenants.progress import Progress, Verified
from service.domain.tenants.snippet_sites import SnippetSite
from service.domain.tenants.tenant import NEVER, Due, Role, Tenant, TenantSettings
from service.ports import Tenants
from tests.builders import NOW, PIXEL, SECOND_PIXEL, TENANT, some_settings, two_pixels
from tests.tenants import forget, put, save_settings, save_shop, save_token

MINUTE = timedelta(minutes=1)
RIDGE = Shop(
    name="Ridge",
    currency="EUR",
    timezone="Europe/Rome",
    domain="shop.example.com",
    routes={"checkout": "kasse"},
)


def found(tenants: Tenants) -> Tenant:
    tenant = tenants.find(TENANT)
    assert tenant is not None
    return tenant


class TestSettings:
    def test_are_none_for_an_unknown_tenant(self, tenants: Tenants) -> None:
        assert tenants.find(TENANT) is None

    @pytest.mark.parametrize(
        "settings",
        [
            TenantSettings(),
            some_settings(
                pixels=two_pixels(),
                events={EventName.LEAD: False},
                channels={Channel.POS: False},
                value_rule="subtotal",
            ),
        ],
    )
    def test_come_back_as_saved(self, tenants: Tenants, settings: TenantSettings) -> None:
        save_settings(tenants, TENANT, settings)

        assert tenants.find(TENANT) == Tenant(id=TENANT, choices=settings)
        assert tenants.find("other-winery") is None

    def test_are_overwritten(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_settings(tenants, TENANT, some_settings(enabled=False))

        found = tenants.find(TENANT)
        assert found is not None
        assert found.choices == some_settings(enabled=False)


class TestIds:
    def test_are_those_of_all_tenants_in_order(self, tenants: Tenants) -> None:
        assert tenants.ids() == []
        for tenant_id in ("b-winery", "a-winery"):
            save_settings(tenants, tenant_id, some_settings())

        assert tenants.ids() == ["a-winery", "b-winery"]


class TestAShop:
    def test_is_unknown_and_was_never_asked_until_it_is_saved(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())

        assert tenants.find(TENANT) == Tenant(id=TENANT, choices=some_settings())

    @pytest.mark.parametrize("shop", [Shop(), RIDGE])
    def test_comes_back_as_saved_beside_the_settings(self, tenants: Tenants, shop: Shop) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, shop, due_at=NOW)

        assert tenants.find(TENANT) == Tenant(
            id=TENANT, choices=some_settings(), shop=shop, shop_due_at=NOW
        )

    def test_that_does_not_answer_keeps_what_is_known_and_is_asked_later(
        self, tenants: Tenants
    ) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, None, due_at=NOW)
        assert found(tenants).shop is None
        save_shop(tenants, TENANT, RIDGE, due_at=NOW)
        save_shop(tenants, TENANT, None, due_at=NOW + MINUTE)

        assert (found(tenants).shop, found(tenants).shop_due_at) == (RIDGE, NOW + MINUTE)

    def test_is_overwritten_whole(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, RIDGE, due_at=NOW)
        save_shop(tenants, TENANT, Shop(name="Valley"), due_at=NOW)

        assert found(tenants).shop == Shop(name="Valley")

    def test_outlives_a_change_of_the_settings(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, RIDGE, due_at=NOW)
        save_settings(tenants, TENANT, some_settings(enabled=False))

        assert found(tenants) == Tenant(
            id=TENANT, choices=some_settings(enabled=False), shop=RIDGE, shop_due_at=NOW
        )

    @pytest.mark.parametrize("shop", [None, RIDGE])
    def test_makes_no_unknown_tenant(self, tenants: Tenants, shop: Shop | None) -> None:
        save_shop(tenants, "nobody", shop, due_at=NOW)

        assert tenants.find("nobody") is None
        assert tenants.ids() == []
        assert tenants.due(Due.SHOP, now=NOW, limit=10) == []

    def test_is_its_tenants_alone(self, tenants: Tenants) -> None:
        for tenant_id in (TENANT, "other-winery"):
            save_settings(tenants, tenant_id, some_settings())
        save_shop(tenants, "other-winery", RIDGE, due_at=NOW)

        assert (found(tenants).shop, found(tenants).shop_due_at) == (None, NEVER)

    def test_goes_with_its_tenant(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, RIDGE, due_at=NOW)
        forget(tenants, TENANT)
        assert tenants.due(Due.SHOP, now=NOW, limit=10) == []
        save_settings(tenants, TENANT, some_settings())

        assert (found(tenants).shop, found(tenants).shop_due_at) == (None, NEVER)


class TestShopsDue:
    def test_are_those_whose_time_has_come_the_longest_due_first_after_the_never_asked(
        self, tenants: Tenants
    ) -> None:
        asked_at = {"b-new": None, "c-late": -2, "a-now": 0, "d-later": 1, "e-long": -60}
        for tenant_id, minutes in asked_at.items():
            save_settings(tenants, tenant_id, some_settings())
            if minutes is not None:
                save_shop(tenants, tenant_id, None, due_at=NOW + minutes * MINUTE)
        due = ["b-new", "e-long", "c-late", "a-now"]

        assert tenants.due(Due.SHOP, now=NOW, limit=10) == due
        assert tenants.due(Due.SHOP, now=NOW, limit=3) == due[:3]
        assert tenants.due(Due.SHOP, now=NOW + MINUTE, limit=10) == [*due, "d-later"]

    @pytest.mark.parametrize("hours", [14, -11])
    def test_are_counted_by_time_in_any_zone(self, tenants: Tenants, hours: int) -> None:
        there = timezone(timedelta(hours=hours))
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, None, due_at=NOW.astimezone(there))

        assert tenants.due(Due.SHOP, now=NOW - MINUTE, limit=10) == []
        assert tenants.due(Due.SHOP, now=NOW, limit=10) == [TENANT]
        assert tenants.due(Due.SHOP, now=(NOW - MINUTE).astimezone(there), limit=10) == []

    def test_do_not_change_with_the_settings(self, tenants: Tenants) -> None:
        for tenant_id in ("asked", "never-asked"):
            save_settings(tenants, tenant_id, some_settings())
        save_shop(tenants, "asked", RIDGE, due_at=NOW + MINUTE)
        for tenant_id in ("asked", "never-asked"):
            save_settings(tenants, tenant_id, some_settings(enabled=False))

        assert tenants.due(Due.SHOP, now=NOW, limit=10) == ["never-asked"]


class TestRemove:
    def test_forgets_settings_and_tokens_of_this_tenant_alone(self, tenants: Tenants) -> None:
        for tenant_id in (TENANT, "other-winery"):
            save_settings(tenants, tenant_id, some_settings())
            save_token(tenants, tenant_id, Role.PRIMARY, "sealed")

        for _ in range(2):
            assert tenants.remove(TENANT, only_if=lambda _: True)

        assert tenants.find(TENANT) is None
        assert tenants.sealed_token(TENANT, Role.PRIMARY) is None
        assert tenants.ids() == ["other-winery"]
        assert tenants.sealed_token("other-winery", Role.PRIMARY) == "sealed"

    def test_leaves_one_of_which_the_condition_does_not_hold(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_token(tenants, TENANT, Role.PRIMARY, "sealed")

        assert not tenants.remove(TENANT, only_if=lambda tenant: not tenant.choices.enabled)
        assert found(tenants).choices == some_settings()
        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "sealed"


class TestProgress:
    FAR = Progress(
        tested={
            "primary": Verified(at=NOW, pixel_id=PIXEL, mark="mark", expires_at=NOW + MINUTE),
            "secondary": Verified(at=NOW, pixel_id=SECOND_PIXEL, mark="other"),
        },
        first_sent_at=NOW,
        snippet_sites=(SnippetSite(host="shop.example.com", seen_at=NOW + MINUTE),),
    )

    def test_is_none_until_it_is_noted(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        assert found(tenants).progress == Progress()

    def test_comes_back_as_noted_beside_everything_else(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, RIDGE, due_at=NOW)
        put(tenants, TENANT, progress=self.FAR)
        save_settings(tenants, TENANT, some_settings(enabled=False))

        assert found(tenants) == Tenant(
            id=TENANT, choices=some_settings(enabled=False), shop=RIDGE, shop_due_at=NOW,
            progress=self.FAR,
        )  # fmt: skip
