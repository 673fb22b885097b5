"""The invariants that must hold at the end of a run, long after the last fault (I1, I2 and I8)."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.event import EVENT_WINDOW, EventName, window_of
from service.domain.events.idempotency import event_key
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role
from tests.sim.objects import KINDS, ObjectType, ShopObject, event_id
from tests.sim.record_invariants import RecordKey
from tests.sim.simulation import LISTED_EVERY
from tests.sim.tenant import SimTenant
from tests.sim.webhook_sender import AcceptedWebhook

_MAX_RECOVERY = timedelta(hours=2)
"""The longest wait after a fault: an hour until the pixel's probe, and an hour of slow retry."""

_LISTED_WITHIN = LISTED_EVERY + timedelta(hours=1)
"""How long after a change the service has listed it, while nothing fails."""

_FINAL = {Status.SENT, Status.ERROR, Status.SKIPPED, Status.WAITING}

_MAX_DELAY = timedelta(minutes=5)
"""The longest that an event may take to arrive while nothing fails."""


@dataclass(frozen=True)
class FinalInvariants:
    """The check of these invariants, with the data that it needs."""

    webhooks: Sequence[AcceptedWebhook]
    uncleared: Mapping[RecordKey, EventRecord]
    records: Mapping[RecordKey, EventRecord]
    accepted_at: Callable[[str, str, Role], datetime | None]
    refused: Container[str]
    repeatedly_rejected: Container[str]
    faults_end_at: datetime
    ends_at: datetime

    def violations(self, tenants: Sequence[SimTenant]) -> Iterator[str]:
        """Yield a message for every violation."""
        for key, record in self.records.items():
            is_unfinished = record.lookup or (not record.cleared and record.status not in _FINAL)
            if is_unfinished and record.is_expired(self.ends_at):
                yield f"I8: {key} is still {record.status}, waiting: {record}"
        by_object: dict[int, list[AcceptedWebhook]] = defaultdict(list)
        for webhook in self.webhooks:
            by_object[id(webhook.obj)].append(webhook)
            yield from self._missing_record(webhook)
        for tenant in tenants:
            for obj in tenant.objects:
                yield from self._violations_for(tenant, obj, by_object[id(obj)])

    def _violations_for(
        self, tenant: SimTenant, obj: ShopObject, webhooks: Sequence[AcceptedWebhook]
    ) -> Iterator[str]:
        for name in {
            change.expected_event: None for change in obj.changes if change.expected_event
        }:
            yield from self._needless_failures(obj, name)
            if tenant.must_deliver and not tenant.unsaved:
                yield from self._missing_deliveries(tenant, obj, name, webhooks)

    def _needless_failures(self, obj: ShopObject, name: EventName) -> Iterator[str]:
        """Yield deliveries that failed without a refusal and before the event was too old."""
        record = self.uncleared.get(_key(obj, name))
        if record is None or record.occurred_at is None or self._is_refused(obj, name):
            return
        for role, delivery in record.deliveries.items():
            is_early = (
                delivery.finished_at
                and delivery.finished_at < record.occurred_at + window_of(record.action_source)
            )
            if delivery.status is DeliveryStatus.ERROR and is_early:
                yield f"I1: {name} of {obj.id} failed at {role} needlessly: {record}"

    def _missing_record(self, webhook: AcceptedWebhook) -> Iterator[str]:
        name = webhook.change.expected_event
        if name is None or webhook.receipt not in {"recorded", "duplicate"}:
            return
        if _key(webhook.obj, name) not in self.records:
            yield f"I1: {webhook.receipt}, and no record: {webhook}"

    def _is_refused(self, obj: ShopObject, name: EventName) -> bool:
        """Return whether Meta refuses the event, at least for more attempts than it gets."""
        return (
            event_id(name, obj.id) in self.refused
            or event_id(name, obj.id) in self.repeatedly_rejected
        )

    def _missing_deliveries(
        self,
        tenant: SimTenant,
        obj: ShopObject,
        name: EventName,
        webhooks: Sequence[AcceptedWebhook],
    ) -> Iterator[str]:
        conclusive = [
            each for each in (*webhooks, *self._listed(tenant, obj)) if _must_make(each, name)
        ]
        record = self.uncleared.get(_key(obj, name))
        if not conclusive or self._is_refused(obj, name):
            return
        occurred_at = (
            record.occurred_at if record and record.occurred_at else conclusive[0].change.at
        )
        healthy_from = (
            max(self.faults_end_at, tenant.recovered_at or self.faults_end_at) + _MAX_RECOVERY
        )
        is_late = max(conclusive[0].at, healthy_from) >= occurred_at + EVENT_WINDOW - _MAX_DELAY
        for role in () if is_late else tenant.settings.roles():
            at = self.accepted_at(tenant.tenant_id, event_id(name, obj.id), role)
            if at is None:
                yield f"I1: {name} of {obj.id} never came to {role} ({tenant.scenario}): {record}"
            elif at > max(conclusive[0].at, healthy_from) + _MAX_DELAY:
                yield f"I8: {name} of {obj.id} came to {role} at {at} ({tenant.scenario}): {record}"

    def _listed(self, tenant: SimTenant, obj: ShopObject) -> Iterator[AcceptedWebhook]:
        """Yield the news of the object that the shop's lists tell of, if no webhook does.

        They show its last state alone.
        """
        healthy_from = max(self.faults_end_at, tenant.recovered_at or self.faults_end_at)
        for change in () if obj.is_reverted else obj.changes:
            at = max(change.at, healthy_from) + _LISTED_WITHIN
            yield AcceptedWebhook(at=at, obj=obj, change=change, is_trusted=True, receipt="listed")


def _key(obj: ShopObject, name: EventName) -> RecordKey:
    kind = KINDS[obj.type]
    return obj.tenant_id, event_key(obj.tenant_id, kind=kind, object_id=obj.id, name=name)


def _must_make(webhook: AcceptedWebhook, name: EventName) -> bool:
    """Return whether this webhook alone must make the event.

    An unproven webhook is resolved by a look-up at some later time, and an order's older news gives
    way to newer. So these must make the event only if the object is never reverted.
    """
    if webhook.change.expected_event is not name or not webhook.change.is_conclusive:
        return False
    is_final = webhook.is_trusted and webhook.obj.type is not ObjectType.ORDER
    return is_final or not webhook.obj.is_reverted
