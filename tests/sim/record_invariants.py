"""The invariants of records, checked at every write (I2, I6 and I7)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from service.domain.delivery.delivery import Delivery, DeliveryStatus
from service.domain.delivery.schedule import LEASE_FOR
from service.domain.events.event import window_of
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.tenant import Role
from service.ports import Stored
from tests.sim.objects import CANARY
from tests.sim.trace import Violation

_HASH = re.compile(rb'"[0-9a-f]{64}"')
QUEUED, SENDING, RETRYING = DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.RETRYING
HELD, SENT = DeliveryStatus.HELD, DeliveryStatus.SENT
ERROR, SKIPPED = DeliveryStatus.ERROR, DeliveryStatus.SKIPPED

ALLOWED_TRANSITIONS = {
    QUEUED: {QUEUED, SENDING, HELD, ERROR, SKIPPED, SENT},
    SENDING: {SENDING, QUEUED, RETRYING, HELD, ERROR, SKIPPED, SENT},
    RETRYING: {RETRYING, SENDING, HELD, ERROR, SKIPPED, SENT},
    HELD: {HELD, QUEUED, SENDING, ERROR, SKIPPED, SENT},
    ERROR: {ERROR, QUEUED, SENDING, HELD, SKIPPED, SENT},
    SKIPPED: {SKIPPED, SENT},
    SENT: {SENT},
}
"""The allowed changes of a delivery's status. SENT may follow any status, and is final."""

_NEEDS_REASON = {HELD, ERROR, SKIPPED, RETRYING}

RecordKey = tuple[str, str]


@dataclass
class RecordInvariants:
    """The invariants of records.

    `is_accepted_by_meta` returns whether the role's pixel has the record's event, `recheck_of` the
    planned recheck of a winery's waiting deliveries.
    """

    clock: Callable[[], datetime]
    is_accepted_by_meta: Callable[[EventRecord, Role], bool]
    recheck_of: Callable[[str], Recheck]
    records: dict[RecordKey, EventRecord] = field(default_factory=dict)
    uncleared: dict[RecordKey, EventRecord] = field(default_factory=dict)
    skipped: dict[tuple[str, str, str], EventRecord] = field(default_factory=dict)
    """Every record that was ever skipped, once for each reason."""

    def on_call(self, name: str, args: tuple[Any, ...], returned: object) -> None:
        """Check a write to the event log."""
        if name == "replace_all" and isinstance(returned, Sequence):
            for (_, record), written in zip(args[0], returned, strict=True):
                self.on_call("replace", (record,), written)
        if not isinstance(returned, Stored) or name not in {"add", "replace"}:
            return
        record = args[-1]
        key = (record.tenant_id, record.key)
        before = self.records.get(key) if name == "replace" else None
        self._check_record(record)
        if before:
            self._check_change(before, record)
        self.records[key] = record
        if not record.cleared:
            self.uncleared[key] = record
        if record.status is Status.SKIPPED and not record.cleared:
            self.skipped[*key, record.sentence or _first_reason(record)] = record

    def _check_record(self, record: EventRecord) -> None:
        document = msgspec.json.encode(record)
        if CANARY.encode() in document:
            raise Violation(f"I7: personal data in a record: {document!r}")
        if len(_HASH.findall(document)) > 1:
            raise Violation(f"I7: a hash in a record: {document!r}")
        deliveries = record.deliveries.values()
        if record.payload and (record.cleared or _is_over(record)):
            raise Violation(f"I7: a payload outlives its deliveries: {document!r}")
        is_driven = record.lookup is not None  # its look-up is due, and its deliveries follow it
        if not is_driven and any(
            not (each.is_final or each.due_at or each.waits_for) for each in deliveries
        ):
            raise Violation(f"I1: a delivery that is neither final, due nor waiting: {document!r}")
        self._check_waiting(record)
        if any(each.status in _NEEDS_REASON and not each.reason for each in deliveries):
            raise Violation(f"I1: no reason is given: {document!r}")
        is_bare = not deliveries and record.state in {Status.SKIPPED, Status.WAITING}
        if is_bare and not (record.reason or record.cleared):
            raise Violation(f"I1: no reason is given: {document!r}")

    def _check_waiting(self, record: EventRecord) -> None:
        if record.waiting_since is None or record.occurred_at is None:
            return
        recheck = self.recheck_of(record.tenant_id)
        end = record.occurred_at + window_of(record.action_source)
        is_rechecked = recheck.at and recheck.until and recheck.until >= end
        if not is_rechecked and self.clock() < end:
            raise Violation(f"I8: it waits, and no recheck is due: {recheck} {record}")

    def _check_change(self, before: EventRecord, after: EventRecord) -> None:
        if after.cleared:
            return
        if before.event_id and after.event_id != before.event_id:
            raise Violation(f"I2: {before.event_id} became {after.event_id}")
        is_decided = before.state is Status.SKIPPED and not (before.may_change or before.cleared)
        if is_decided and not before.deliveries and after.status is not Status.SKIPPED:
            raise Violation(f"I6: a skipped event became {after.status}: {after.event_id}")
        for role, was in before.deliveries.items():
            now = after.deliveries.get(role)
            if now is None:
                raise Violation(f"I6: a delivery has gone: {after.event_id} {role}")
            self._check_delivery(after, role, was, now)

    def _check_delivery(
        self, record: EventRecord, role: Role, was: Delivery, now: Delivery
    ) -> None:
        what = (
            f"{record.event_id} {role}: {was.status} ({was.reason}) → {now.status} ({now.reason})"
        )
        if was == now:
            return
        if now.status not in ALLOWED_TRANSITIONS[was.status]:
            raise Violation(f"I6: {what}")
        if now.status is SENT and not self.is_accepted_by_meta(record, role):
            raise Violation(f"I6: recorded as sent, but Meta has not accepted it: {what}")
        if was.is_final and now.status is not SENT:
            raise Violation(f"I6: a final delivery has changed: {what}")
        is_taken_over = was.status is SENDING and now.status in {SENDING, QUEUED}
        if is_taken_over and was.leased_at and self.clock() < was.leased_at + LEASE_FOR:
            raise Violation(f"I2: a lease was taken over before its end: {what}")


def _first_reason(record: EventRecord) -> str:
    return " ".join(str(each.reason) for each in record.deliveries.values())


def _is_over(record: EventRecord) -> bool:
    return bool(record.deliveries) and all(each.is_final for each in record.deliveries.values())
