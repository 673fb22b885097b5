import pytest

from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.audit import changes_between
from service.domain.tenants.tenant import (
    Pixel,
    Pixels,
    Role,
    TenantSettings,
    is_on_by_default,
)
from service.domain.tenants.wanted import why_unwanted
from service.web.configuration.form import form_of
from tests.builders import SECOND_PIXEL, a_tenant, one_pixel_twice, some_settings, two_pixels


class TestTheRoles:
    @pytest.mark.parametrize(
        ("pixels", "roles"),
        [
            (Pixels(), ()),
            (Pixels(secondary=Pixel(id=SECOND_PIXEL)), (Role.SECONDARY,)),
            (two_pixels(), (Role.PRIMARY, Role.SECONDARY)),
            (one_pixel_twice(), (Role.PRIMARY,)),
        ],
    )
    def test_are_those_with_a_pixel_of_their_own(
        self, pixels: Pixels, roles: tuple[Role, ...]
    ) -> None:
        assert some_settings(pixels=pixels).roles() == roles

    def test_have_the_secondary_one_again_when_the_primary_pixel_is_removed(self) -> None:
        twice = some_settings(pixels=one_pixel_twice())
        assert twice.without(Role.PRIMARY).roles() == (Role.SECONDARY,)


class TestASwitchThatIsNotNamed:
    UNNAMED = TenantSettings(events={}, channels={})

    def test_has_its_default_everywhere(self) -> None:
        for switch in (*EventName, *Channel):
            assert self.UNNAMED.is_on(switch) is is_on_by_default(switch)
        assert form_of(self.UNNAMED) == form_of(TenantSettings())
        assert changes_between(self.UNNAMED, TenantSettings(), new_tokens=()) == ()
        tenant = a_tenant(some_settings(events={}, channels={}))
        for name in EventName:
            assert (why_unwanted(tenant, name, channel="Web") is None) is is_on_by_default(name)

    def test_is_apart_from_those_that_are_named(self) -> None:
        off = {EventName.LEAD: False}, {Channel.POS: False}
        settings = TenantSettings(events=off[0], channels=off[1])
        assert [name for name in EventName if not settings.is_on(name)] == [EventName.LEAD]
        assert [each for each in Channel if not settings.is_on(each)] == [Channel.POS]
