import pytest

from service.domain.delivery.delivery import Wait
from service.domain.delivery.steps import parked
from service.domain.events.reason import Reason
from service.domain.records.waiting import may_go_on
from service.domain.shop.order import Channel
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Pixels, Role, Tenant
from tests.builders import (
    NOW,
    a_delivery,
    a_record,
    a_tenant,
    one_pixel_twice,
    some_settings,
    two_pixels,
)

NO_CURRENCY = {"currency": None}


def goes_on(tenant: Tenant, role: Role = Role.PRIMARY, *, waits_for: Wait = Wait.CURRENCY) -> bool:
    """Tell whether a web Purchase that waits for its currency, or for more, goes on."""
    held = parked(a_delivery(), waits_for=waits_for, reason=Reason.CURRENCY_UNKNOWN, now=NOW)
    record = a_record(deliveries={role: held})
    return may_go_on(record, role, tenant, now=NOW)


class TestWhatWaits:
    def test_stays_where_nothing_has_changed(self) -> None:
        assert not goes_on(a_tenant(some_settings(**NO_CURRENCY)))
        assert not goes_on(a_tenant(some_settings(**NO_CURRENCY, channels={Channel.POS: False})))

    def test_for_the_shops_address_goes_on_with_any_that_can_be_read(self) -> None:
        for known, goes in (((), False), (("shop",), False), (("shop", "a.example"), True)):
            tenant = a_tenant(some_settings(shop_domains=known))
            assert goes_on(tenant, waits_for=Wait.ADDRESS) is goes

    @pytest.mark.parametrize(
        ("installation", "goes"),
        [
            (Installation(), True),
            (Installation(state=InstallState.HELD, is_leaving=True, check_at=NOW), False),
            (Installation(state=InstallState.PENDING, check_at=NOW), False),
            (Installation(state=InstallState.REMOVED, check_at=NOW), False),
            (Installation(state=InstallState.REMOVED, is_leaving=True, check_at=NOW), True),
        ],
    )
    def test_for_the_installation_stays_while_it_is_in_doubt(
        self, installation: Installation, *, goes: bool
    ) -> None:
        tenant = a_tenant(installation=installation)
        assert goes_on(tenant, waits_for=Wait.INSTALLATION) is goes

    @pytest.mark.parametrize(
        "tenant",
        [
            a_tenant(some_settings(**NO_CURRENCY, enabled=False)),
            a_tenant(some_settings(**NO_CURRENCY, channels={Channel.WEB: False})),
            a_tenant(some_settings(**NO_CURRENCY, pixels=Pixels())),
            a_tenant(
                some_settings(**NO_CURRENCY),
                installation=Installation(state=InstallState.REMOVED),
            ),
        ],
    )
    def test_goes_on_to_be_closed_if_it_is_no_longer_wanted(self, tenant: Tenant) -> None:
        assert goes_on(tenant)

    def test_goes_on_to_its_end_where_its_role_has_no_pixel_of_its_own(self) -> None:
        twice = some_settings(**NO_CURRENCY, pixels=one_pixel_twice())
        assert goes_on(a_tenant(twice), Role.SECONDARY)
        both = some_settings(**NO_CURRENCY, pixels=two_pixels())
        assert not goes_on(a_tenant(both), Role.SECONDARY)
