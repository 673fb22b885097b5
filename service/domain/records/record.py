"""The stored record of an event: its lock, its log row and its deliveries in one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery, DeliveryStatus, Wait
from service.domain.delivery.steps import closed
from service.domain.events.event import (
    EVENT_WINDOW,
    WEBSITE_EVENTS,
    ActionSource,
    CustomData,
    EventName,
    window_of,
)
from service.domain.events.join import Joined
from service.domain.events.money import Money
from service.domain.events.reason import NO_DETAILS, Details, Reason, sentence
from service.domain.records.lookup import Lookup
from service.domain.tenants.tenant import Role

LOCK_FOR = timedelta(days=400)
"""How long the lock of a cleared conversion is kept.

Meta's window would be too short: a visit booked a year ahead is reported again when its guests
come, and an order that was authorized today has another time once it is captured.
"""

UNCONFIRMED_LOCK_FOR = timedelta(hours=6)
"""How long the lock of an object that the shop does not know is kept: it may be invented."""


class Status(StrEnum):
    """The status of a log row; the first three are for records without deliveries."""

    RECEIVED = "received"
    WAITING = "waiting"
    SKIPPED = "skipped"
    QUEUED = "queued"
    SENDING = "sending"
    RETRYING = "retrying"
    HELD = "held"
    SENT = "sent"
    ERROR = "error"


class Family(StrEnum):
    """The kind of event in a log row."""

    CONVERSION = "conversion"
    WEBSITE = "website"
    TEST = "test"


# A row shows the worst of its deliveries.
_WORST_FIRST = (
    DeliveryStatus.ERROR,
    DeliveryStatus.HELD,
    DeliveryStatus.RETRYING,
    DeliveryStatus.SENDING,
    DeliveryStatus.QUEUED,
    DeliveryStatus.SENT,
    DeliveryStatus.SKIPPED,
)


class EventRecord(Struct, frozen=True, kw_only=True):
    """One event of one tenant as stored and shown.

    `payload` is the sealed event, kept only while a delivery is not final. Nothing else in here
    identifies the person: `match_keys` are the names of the keys that were present, and a
    customer's id is in neither `object_id` nor `event_id`.
    `state`, `reason` and its `details` apply while there are no deliveries. A skipped record that
    `may_change` becomes an event with the first signal that qualifies, as a waiting one does.
    While there is a `lookup`, the shop is still to be asked; if it has nothing to add, a payload is
    sent as it is. Of a `cleared` record only the lock is left: it is in no log, and still keeps its
    event from being made twice. One that `is_test` was made at the dashboard, and counts nowhere.
    `resolved_at` is when a look-up got the shop's answer, and `object_updated_at` when the shop had
    changed the object last, where older news may come after newer. `action_source` is the event's;
    `None` in a record of an older release. A lock that `is_unconfirmed` is that of an object that
    the shop does not know. `joined` tells by which key the event was joined to a visit of the
    website, and what that brought. `worth` is the amount of an order of which no event was made.
    One that `is_listed` came from the shop's list.
    """

    tenant_id: str
    key: str
    name: EventName
    event_id: str
    object_kind: str
    object_id: str
    received_at: datetime
    updated_at: datetime
    state: Status = Status.RECEIVED
    reason: Reason | None = None
    details: Details = NO_DETAILS
    object_number: str | None = None
    channel: str | None = None
    occurred_at: datetime | None = None
    deliveries: Mapping[Role, Delivery] = field(default_factory=dict)
    payload: str | None = None
    custom: CustomData | None = None
    match_keys: tuple[str, ...] = ()
    data_use_rule: str | None = None
    may_change: bool = False
    lookup: Lookup | None = None
    cleared: bool = False
    is_test: bool = False
    resolved_at: datetime | None = None
    object_updated_at: datetime | None = None
    action_source: ActionSource | None = None
    is_unconfirmed: bool = False
    joined: Joined | None = None
    worth: Money | None = None
    is_listed: bool = False

    @property
    def family(self) -> Family:
        """Return the kind of the row's event."""
        if self.is_test:
            return Family.TEST
        return Family.WEBSITE if self.name in WEBSITE_EVENTS else Family.CONVERSION

    @property
    def search_terms(self) -> tuple[str, ...]:
        """Return what the row is found by: its object's id and number, and the event's id."""
        return tuple(name for name in (self.object_id, self.object_number, self.event_id) if name)

    @property
    def status(self) -> Status:
        """Return the row's status: the worst of its deliveries, or its own state."""
        present = {delivery.status for delivery in self.deliveries.values()}
        worst = next((status for status in _WORST_FIRST if status in present), None)
        return Status(worst) if worst else self.state

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        return sentence(self.reason, self.details)

    @property
    def is_open(self) -> bool:
        """Tell whether a later signal may still make it an event."""
        is_undecided = self.state in {Status.RECEIVED, Status.WAITING} or self.may_change
        return is_undecided and not self.deliveries

    @property
    def waits_since(self) -> datetime | None:
        """Return when it began to wait for a later signal; `None` if it does not."""
        is_waiting = self.state is Status.WAITING or (self.state is Status.SKIPPED and self.is_open)
        return self.received_at if is_waiting and not self.deliveries else None

    @property
    def is_trusted(self) -> bool:
        """Tell whether it is known to be an event, and only the person is still to be looked up."""
        return self.lookup is not None and self.payload is not None

    @property
    def is_unproven(self) -> bool:
        """Tell whether only a webhook without a login asks for its look-up, which may be forged."""
        is_asked_for = self.lookup is not None and not self.lookup.is_planned
        return is_asked_for and not (self.is_trusted or self.needs_refetch)

    @property
    def needs_refetch(self) -> bool:
        """Tell whether its event failed and lost its payload, and the shop is asked again."""
        return self.lookup is not None and bool(self.deliveries)

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing more will happen to it by itself."""
        return self.due_at is None and all(each.is_final for each in self.deliveries.values())

    @property
    def due_at(self) -> datetime | None:
        """Return when the sweep handles it next; `None` if nothing is left to do.

        The data of a waiting delivery is not kept beyond Meta's window.
        """
        if self.lookup:
            return self.lookup.due_at
        if all(each.is_final for each in self.deliveries.values()):
            return None
        times = [each.due_at for each in self.deliveries.values()]
        ends_after = EVENT_WINDOW if self.is_stored_waiting else window_of(self.action_source)
        times.append(self.occurred_at + ends_after if self.occurred_at else None)
        return min((at for at in times if at), default=None)

    @property
    def waiting_since(self) -> datetime | None:
        """Return its position among the winery's records with a waiting delivery.

        The oldest go on first, failed ones last.
        """
        waiting = [each for each in self.deliveries.values() if each.waits_for]
        times = (
            each.not_before if each.waits_for is Wait.VENDOR else each.queued_at for each in waiting
        )
        return min((at or self.received_at for at in times), default=None)

    @property
    def queued_since(self) -> datetime | None:
        """Return when the oldest of its deliveries under way was queued, or last went on."""
        under_way = [each for each in self.deliveries.values() if each.is_under_way]
        times = (each.resumed_at or each.queued_at or self.received_at for each in under_way)
        return min(times, default=None)

    @property
    def expires_at(self) -> datetime | None:
        """Return when the record may be deleted.

        That of a website event is kept as long as Meta takes the event; any other one once it was
        cleared, and its event cannot be made again.

        The shop reports an object again whenever it is changed, perhaps with another time: an order
        that is captured a month after it was authorized is paid on that day. A lock with a look-up
        stays until that is done.
        """
        if self.family is Family.WEBSITE:
            return self.received_at + EVENT_WINDOW
        if not self.cleared or self.lookup:
            return None
        if self.is_unconfirmed:
            return self.updated_at + UNCONFIRMED_LOCK_FOR
        is_past = self.family is not Family.CONVERSION
        return self.received_at + (EVENT_WINDOW if is_past else LOCK_FOR)

    def is_expired(self, now: datetime) -> bool:
        """Tell whether Meta would no longer accept the event."""
        return self.occurred_at is None or now >= self.occurred_at + window_of(self.action_source)

    def holds_payload_too_long(self, now: datetime) -> bool:
        """Tell whether its payload must be dropped, though Meta would still take the event."""
        return self.is_stored_waiting and self.lookup is None and self._is_old(now)

    def is_dropped_but_wanted(self, now: datetime) -> bool:
        """Tell whether its payload was dropped for its age, though Meta would still take it."""
        return self.payload is None and self._is_old(now) and not self.is_expired(now)

    def _is_old(self, now: datetime) -> bool:
        return self.occurred_at is not None and now >= self.occurred_at + EVENT_WINDOW

    @property
    def is_stored_waiting(self) -> bool:
        """Tell whether personal data is stored only because its deliveries wait."""
        is_at_rest = all(each.is_final or each.waits_for for each in self.deliveries.values())
        return self.payload is not None and is_at_rest

    def without_content(self, *, now: datetime) -> "EventRecord":
        """Return the bare lock; a record that was still open may yet become an event."""
        return EventRecord(
            tenant_id=self.tenant_id,
            key=self.key,
            name=self.name,
            event_id="",
            object_kind=self.object_kind,
            object_id="",
            received_at=self.received_at,
            updated_at=now,
            occurred_at=self.occurred_at,
            is_test=self.is_test,
            state=Status.WAITING if self.is_open else Status.SKIPPED,
            cleared=True,
        )

    def given_up(self, reason: Reason, *, now: datetime) -> "EventRecord":
        """Return the record with nothing left to do: deliveries that are not final are skipped."""
        deliveries = {
            role: each
            if each.is_final
            else closed(each, status=DeliveryStatus.SKIPPED, reason=reason, now=now)
            for role, each in self.deliveries.items()
        }
        is_undecided = self.state is Status.RECEIVED and not deliveries
        return replace(
            self,
            state=Status.SKIPPED if is_undecided else self.state,
            reason=reason if is_undecided else self.reason,
            details=NO_DETAILS if is_undecided else self.details,
            deliveries=deliveries,
            lookup=None,
            payload=None,
            updated_at=now,
        )

    def with_delivery(self, role: Role, delivery: Delivery, *, now: datetime) -> "EventRecord":
        """Return the record after one delivery's step; the payload is dropped with the last one."""
        deliveries = {**self.deliveries, role: delivery}
        is_over = all(each.is_final for each in deliveries.values())
        return replace(
            self,
            deliveries=deliveries,
            payload=None if is_over else self.payload,
            updated_at=now,
        )
