"""Whether the winery still wants a recorded event to go to one of its pixels. Pure."""

from enum import StrEnum

from service.domain.event import EventName
from service.domain.order import Channel
from service.domain.record import EventRecord
from service.domain.tenant import Role, TenantSettings


class Unwanted(StrEnum):
    """Why not; the values are words for the log."""

    SWITCHED_OFF = "switched off"
    PIXEL_REMOVED = "pixel removed"


def why_unwanted(record: EventRecord, role: Role, settings: TenantSettings) -> Unwanted | None:
    """Return what has been chosen against the role's delivery; `None` if it may go."""
    # The channels' switches are the orders'.
    is_order = record.name is EventName.PURCHASE
    channel = Channel(record.channel) if is_order and record.channel else None
    if not settings.sends(record.name, channel):
        return Unwanted.SWITCHED_OFF
    return None if role in settings.roles() else Unwanted.PIXEL_REMOVED
