from service.domain.delivery import Wait
from service.domain.delivery_steps import parked
from service.domain.tenant import Pixels, Role
from service.domain.waiting import may_go_on
from tests.builders import (
    NOW,
    a_delivery,
    a_record,
    a_tenant,
    one_pixel_twice,
    some_settings,
    two_pixels,
)


def goes_on(pixels: Pixels) -> bool:
    held = parked(a_delivery(), waits_for=Wait.CURRENCY, reason="", now=NOW)
    record = a_record(deliveries={Role.SECONDARY: held})
    tenant = a_tenant(some_settings(pixels=pixels, currency=None))
    return may_go_on(record, Role.SECONDARY, tenant, now=NOW)


class TestAParkedDelivery:
    def test_waits_for_what_it_was_parked_for(self) -> None:
        assert not goes_on(two_pixels())

    def test_goes_on_to_its_end_where_its_role_has_no_pixel_of_its_own(self) -> None:
        assert goes_on(Pixels())
        assert goes_on(one_pixel_twice())
