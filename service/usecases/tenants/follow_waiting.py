"""Follow the events that waited for what a staff member has just saved, until they are sent."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.records.record import EventRecord
from service.domain.records.waiting import waits_for_change
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, Stored

MOST_FOLLOWED = 20
"""Bounds the reads of one look."""

_UNDER_WAY = {DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.RETRYING}


class Followed(Struct, frozen=True, kw_only=True):
    """How many of the events that waited are sent, are under way, and are neither."""

    sent: int = 0
    under_way: int = 0
    left: int = 0

    @property
    def total(self) -> int:
        """Return how many events are followed."""
        return self.sent + self.under_way + self.left


def parked_events(tenant_id: str, *, services: Services) -> Sequence[Stored]:
    """Return the winery's longest waiting events, one more than are followed.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    return services.events.waiting(tenant_id, after=None, limit=MOST_FOLLOWED + 1)


def released_by(
    parked: Sequence[Stored], before: Tenant, after: Tenant, *, renewed: Collection[Role]
) -> Sequence[str]:
    """Return the keys of those that waited for this change of the winery.

    `renewed` are the roles that got another token or pixel.
    """
    return [
        each.record.key
        for each in parked
        if waits_for_change(each.record, before.settings, after.settings, renewed=renewed)
    ]


def follow_waiting(tenant_id: str, keys: Sequence[str], *, services: Services) -> Followed:
    """Return what has become of these events; those that are gone are left out.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    found = [services.events.find(tenant_id, key) for key in keys[:MOST_FOLLOWED]]
    fates = [_fate(each.record) for each in found if each]
    sent, under_way = fates.count(DeliveryStatus.SENT), fates.count(DeliveryStatus.QUEUED)
    return Followed(sent=sent, under_way=under_way, left=len(fates) - sent - under_way)


def _fate(record: EventRecord) -> DeliveryStatus:
    statuses = {each.status for each in record.deliveries.values()}
    if statuses & _UNDER_WAY:
        return DeliveryStatus.QUEUED
    return DeliveryStatus(record.status) if statuses else DeliveryStatus.SKIPPED
