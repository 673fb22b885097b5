"""Whether a winery still wants an event: the one place that is asked. Pure.

It is asked when news come in, when the shop is about to be asked, and before every attempt.
"""

from dataclasses import dataclass

from service.domain.events.event import EventName
from service.domain.events.reason import Details, Reason, Switch
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role, Tenant, TenantSettings


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Why an event is not wanted, and which switch says so."""

    reason: Reason
    switch: Switch | None = None

    @property
    def details(self) -> Details:
        """Return what goes with the reason."""
        return Details(switch=self.switch)


def why_unwanted(
    tenant: Tenant, name: EventName, *, channel: str | None = None, role: Role | None = None
) -> Unwanted | None:
    """Return what speaks against sending such an event; `None` if it is wanted.

    `channel` is where its object was made, if that is known. `role` is whose pixel it goes to;
    without one it goes to every pixel there is.
    """
    if not tenant.installation.is_installed:
        return Unwanted(Reason.NOT_INSTALLED)
    if switch := _switch_against(tenant.settings, name, channel):
        return Unwanted(Reason.SWITCHED_OFF, switch)
    if role is None:
        return None if tenant.settings.roles() else Unwanted(Reason.NOT_SET_UP)
    return None if role in tenant.settings.roles() else Unwanted(Reason.PIXEL_REMOVED)


def _switch_against(
    settings: TenantSettings, name: EventName, channel: str | None
) -> Switch | None:
    if not settings.enabled:
        return Switch.EVERYTHING
    if not settings.events.get(name, True):
        return Switch.EVENT
    # The channels' switches are the orders'; a visit may have been booked on the web, too.
    if name is EventName.PURCHASE and channel and not settings.channels.get(Channel(channel), True):
        return Switch.CHANNEL
    return None
