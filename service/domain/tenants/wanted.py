"""Whether a winery still wants an event: the only place that decides it. Pure.

It is checked when a signal arrives, before a look-up, and before every attempt.
"""

from collections.abc import Mapping

from msgspec import Struct

from service.domain.events.event import EventName
from service.domain.events.reason import Details, Reason, Switch
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role, Tenant, TenantSettings

_CHANNELS: Mapping[str, Channel] = {channel.value: channel for channel in Channel}


class Unwanted(Struct, frozen=True):
    """Why an event is not wanted, and which switch is off, if any."""

    reason: Reason
    switch: Switch | None = None

    @property
    def details(self) -> Details:
        """Return the reason's details."""
        return Details(switch=self.switch)


def why_unwanted(
    tenant: Tenant, name: EventName, *, channel: str | None = None, role: Role | None = None
) -> Unwanted | None:
    """Return why such an event must not be sent; `None` if it is wanted.

    `channel` is where its object was made, if that is known. `role` is the pixel that it goes to;
    without one it goes to every pixel.
    """
    # While an install is being proven, events are wanted, but wait.
    if not (tenant.installation.is_installed or tenant.installation.is_being_proven):
        return Unwanted(Reason.NOT_INSTALLED)
    if switch := _switch_against(tenant.settings, name, channel):
        return Unwanted(Reason.SWITCHED_OFF, switch)
    if role is None:
        return None if tenant.settings.roles() else Unwanted(Reason.NOT_SET_UP)
    return None if role in tenant.settings.roles() else Unwanted(Reason.PIXEL_REMOVED)


def sends_sales_of(tenant: Tenant, channel: Channel) -> bool:
    """Tell whether the channel's orders are sent to a pixel."""
    return why_unwanted(tenant, EventName.PURCHASE, channel=channel) is None


def _switch_against(
    settings: TenantSettings, name: EventName, channel: str | None
) -> Switch | None:
    if not settings.enabled:
        return Switch.EVERYTHING
    if not settings.is_on(name):
        return Switch.EVENT
    # The channel switches are for orders only, though a visit has a channel too.
    if name is EventName.PURCHASE and channel and not settings.is_on(_CHANNELS[channel]):
        return Switch.CHANNEL
    return None
