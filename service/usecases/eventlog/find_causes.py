"""Group the events of a view that were not sent by their cause."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus, Wait
from service.domain.events.reason import Reason, Switch
from service.domain.records.amounts import total_value, value_of_record
from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord, Status
from service.domain.records.resend import ResendMethod, resend_eligibility
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services
from service.usecases.eventlog.rows import MOST_COUNTED, rows_in

# What may need a person first.
_NOT_SENT = (Status.ERROR, Status.HELD, Status.WAITING, Status.SKIPPED)
_LOST = frozenset({Status.ERROR, Status.SKIPPED})
_UNDECIDED = frozenset({Status.WAITING, Status.SKIPPED})


class _Key(NamedTuple):
    status: Status
    reason: Reason | None
    waits_for: Wait | None = None
    role: Role | None = None
    switch: Switch | None = None


class Cause(Struct, frozen=True, kw_only=True):
    """Events that were not sent for the same cause.

    `newest` is one of them, and `role` the pixel that did not get it; without one, no event was
    made. `value` sums up the amounts, in minor units by currency; amounts without a currency are
    left out. `can_resend` of the events can be resent.
    """

    status: Status
    reason: Reason | None
    role: Role | None
    newest: EventRecord
    number: int
    value: Mapping[str, int]
    can_resend: int


class Causes(Struct, frozen=True, kw_only=True):
    """The causes, the most urgent first; if it `is_least`, only the newest rows were read.

    `lost` sums up the sales that were not sent, `open` those that may still be. A refund is
    neither, and an event that two pixels did not get counts once.
    """

    causes: Sequence[Cause]
    lost: Mapping[str, int]
    open: Mapping[str, int]
    is_least: bool


def find_causes(
    tenant: Tenant, view: LogView, *, services: Services, most: int = MOST_COUNTED
) -> Causes:
    """Return why events of the view were not sent, reading at most `most` rows.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    found: dict[_Key, dict[str, EventRecord]] = {}
    seen = 0
    for status in _NOT_SENT:
        if view.status not in {None, status}:
            continue
        part = replace(view, status=status)
        for stored in rows_in(tenant.id, part, most=most - seen, services=services):
            seen += 1
            for _, key in _keys_of(stored.record):
                found.setdefault(key, {})[stored.record.key] = stored.record
    causes = [
        _cause(key, [*rows.values()], tenant, now=services.clock()) for key, rows in found.items()
    ]
    in_order = sorted(causes, key=lambda each: (_NOT_SENT.index(each.status), -each.number))
    every = {key: record for rows in found.values() for key, record in rows.items()}
    sales = [each for each in every.values() if _is_sale(each)]
    return Causes(
        causes=in_order,
        lost=total_value(each for each in sales if each.status in _LOST),
        open=total_value(each for each in sales if each.status not in _LOST),
        is_least=seen >= most,
    )


def has_failed_for(record: EventRecord, reason: Reason) -> bool:
    """Tell whether the event failed for this reason, or was skipped for it before its set-up."""
    if not record.deliveries:
        return record.reason == reason
    failed = (each for each in record.deliveries.values() if each.status is DeliveryStatus.ERROR)
    return any(each.reason == reason for each in failed)


def _keys_of(record: EventRecord) -> Iterator[tuple[Role | None, _Key]]:
    if not record.deliveries and record.state in _UNDECIDED:
        yield None, _Key(record.state, record.reason, switch=record.details.switch)
    for role, each in record.deliveries.items():
        status = Status(each.status)
        if status in _NOT_SENT:
            # A token is a pixel's own; every other cause concerns both.
            of = role if each.waits_for is Wait.TOKEN else None
            yield role, _Key(status, each.reason, each.waits_for, of)


def _is_sale(record: EventRecord) -> bool:
    value = value_of_record(record)
    return value is not None and value.minor > 0


def _cause(key: _Key, records: Sequence[EventRecord], tenant: Tenant, *, now: datetime) -> Cause:
    newest = records[0]
    methods = [resend_eligibility(each, tenant, now=now) for each in records]
    return Cause(
        status=key.status,
        reason=key.reason,
        role=next((role for role, of in _keys_of(newest) if of == key), None),
        newest=newest,
        number=len(records),
        value=total_value(records),
        can_resend=len([each for each in methods if isinstance(each, ResendMethod)]),
    )
