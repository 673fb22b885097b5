"""Write a test event's row to the log. It is not counted."""

from collections.abc import Mapping
from datetime import datetime

from service.domain.delivery.delivery import Delivery, DeliveryStatus, Try
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import Event
from service.domain.events.match_keys import match_keys
from service.domain.events.reason import NO_DETAILS
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from service.ports import Services

TEST = "test"


def log_test(
    tenant_id: str,
    event: Event,
    answers: Mapping[Role, tuple[str, Verdict]],
    *,
    began_at: datetime,
    services: Services,
) -> None:
    """Add a test event to the log, with the pixel and the vendor's answer for each role.

    Raises:
        StoreUnavailableError: the event was sent, but may not be in the log.
    """
    now = services.clock()
    services.events.add(
        EventRecord(
            tenant_id=tenant_id,
            key=event.event_id,
            name=event.name,
            event_id=event.event_id,
            object_kind=TEST,
            object_id="",
            received_at=began_at,
            updated_at=now,
            occurred_at=event.occurred_at,
            custom=event.custom,
            match_keys=match_keys(event.identity),
            data_use_rule=event.data_use.rule,
            is_test=True,
            deliveries={
                role: _delivery(pixel_id, verdict, began_at=began_at, now=now)
                for role, (pixel_id, verdict) in answers.items()
            },
        )
    )


def _delivery(pixel_id: str, verdict: Verdict, *, began_at: datetime, now: datetime) -> Delivery:
    is_accepted = verdict.answer is Answer.ACCEPTED
    made = Try(
        at=began_at,
        took=now - began_at,
        answer=verdict.answer,
        explanation=verdict.reason,
        code=verdict.code,
        subcode=verdict.subcode,
        http_status=verdict.http_status,
        trace_id=verdict.trace_id,
    )
    return Delivery(
        status=DeliveryStatus.SENT if is_accepted else DeliveryStatus.ERROR,
        reason=None if is_accepted else verdict.reason,
        details=NO_DETAILS if is_accepted else verdict.details,
        attempts=1,
        answered=int(verdict.answered),
        pixel_id=pixel_id,
        code=verdict.code,
        subcode=verdict.subcode,
        trace_id=verdict.trace_id,
        finished_at=now,
        tries=(made,),
    )
