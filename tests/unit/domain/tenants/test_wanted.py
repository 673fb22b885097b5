from typing import Any

import pytest

from service.domain.events.event import EventName
from service.domain.events.reason import Reason, Switch
from service.domain.shop.order import Channel
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Pixels, Role
from service.domain.tenants.wanted import Unwanted, why_unwanted
from tests.builders import a_tenant, some_settings, two_pixels

PURCHASE, LEAD = EventName.PURCHASE, EventName.LEAD
NO_POS = some_settings(channels={Channel.POS: False})


def asked(settings: Any = None, name: EventName = PURCHASE, **about: Any) -> Unwanted | None:
    return why_unwanted(a_tenant(settings), name, **about)


class TestAnEvent:
    @pytest.mark.parametrize("role", [None, Role.PRIMARY])
    def test_is_wanted_by_a_winery_that_is_set_up(self, role: Role | None) -> None:
        assert asked(role=role, channel=Channel.WEB) is None

    @pytest.mark.parametrize("state", [InstallState.PENDING, InstallState.REMOVED])
    def test_is_unwanted_where_the_app_is_not_installed(self, state: InstallState) -> None:
        tenant = a_tenant(some_settings(enabled=False), installation=Installation(state=state))
        assert why_unwanted(tenant, PURCHASE) == Unwanted(Reason.NOT_INSTALLED)

    def test_is_wanted_while_an_uninstall_is_checked(self) -> None:
        tenant = a_tenant(installation=Installation(state=InstallState.HELD))
        assert why_unwanted(tenant, PURCHASE, role=Role.PRIMARY) is None

    @pytest.mark.parametrize(
        ("settings", "switch"),
        [
            (some_settings(enabled=False), Switch.EVERYTHING),
            (some_settings(enabled=False, events={PURCHASE: False}), Switch.EVERYTHING),
            (some_settings(events={PURCHASE: False}), Switch.EVENT),
            (NO_POS, Switch.CHANNEL),
        ],
    )
    @pytest.mark.parametrize("role", [None, *Role])
    def test_is_unwanted_if_its_switch_is_off(
        self, settings: Any, switch: Switch, role: Role | None
    ) -> None:
        unwanted = asked(settings, channel=Channel.POS, role=role)
        assert unwanted == Unwanted(Reason.SWITCHED_OFF, switch)
        assert unwanted.details.switch is switch

    @pytest.mark.parametrize("channel", [None, Channel.WEB])
    def test_is_wanted_if_another_channel_is_off_or_its_own_unknown(
        self, channel: str | None
    ) -> None:
        assert asked(NO_POS, channel=channel) is None

    def test_other_than_a_purchase_ignores_the_channel_switches(self) -> None:
        assert asked(some_settings(channels={Channel.WEB: False}), LEAD, channel="Web") is None

    def test_needs_a_pixel(self) -> None:
        assert asked(some_settings(pixels=Pixels())) == Unwanted(Reason.NOT_SET_UP)

    def test_needs_the_pixel_that_it_goes_to(self) -> None:
        assert asked(role=Role.SECONDARY) == Unwanted(Reason.PIXEL_REMOVED)
        assert asked(some_settings(pixels=two_pixels()), role=Role.SECONDARY) is None
