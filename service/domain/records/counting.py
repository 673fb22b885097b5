"""Which records count in a winery's figures, and with what. Pure."""

from service.domain.delivery.delivery import Delivery, DeliveryStatus
from service.domain.events.reason import Reason
from service.domain.figures.tally import NO_CHANNEL, CountedEvent
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role


def final_status(record: EventRecord) -> Status | None:
    """Return `SENT` or `SKIPPED` if the record counts as that; `None` if it does not count.

    Tests never count, nor does a bare lock. Of two deliveries that to the primary pixel decides. A
    skipped record still counts as such while the shop is asked again, or it would be counted anew.
    """
    if record.cleared or record.is_test:
        return None
    if record.deliveries:
        status = _leading(record).status
        return {
            DeliveryStatus.SENT: Status.SENT,
            DeliveryStatus.SKIPPED: Status.SKIPPED,
        }.get(status)
    return Status.SKIPPED if record.state is Status.SKIPPED else None


def counted_event(record: EventRecord) -> CountedEvent | None:
    """Return what is counted of the record; `None` if it does not count."""
    status = final_status(record)
    if status is None:
        return None
    delivery = _leading(record) if record.deliveries else None
    at = (delivery and delivery.finished_at) or record.updated_at
    channel = record.channel or NO_CHANNEL
    if status is Status.SKIPPED:
        reason = delivery.reason if delivery else record.reason
        return CountedEvent(
            name=record.name, channel=channel, at=at, skipped_for=reason or Reason.NONE
        )
    return CountedEvent(
        name=record.name,
        channel=channel,
        at=at,
        match_keys=record.match_keys,
        value=record.custom.value if record.custom else None,
        delay=at - record.occurred_at if record.occurred_at else None,
    )


def _leading(record: EventRecord) -> Delivery:
    return record.deliveries.get(Role.PRIMARY) or next(iter(record.deliveries.values()))
