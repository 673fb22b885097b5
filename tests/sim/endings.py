"""The laws of a run's end, long after the last fault (I1, I2 and I8)."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.event import EVENT_WINDOW, EventName
from service.domain.events.idempotency import event_key
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role
from tests.sim.client import Client
from tests.sim.laws import Key
from tests.sim.objects import KINDS, Thing, event_id
from tests.sim.sender import Accepted

_LOOKS_AGAIN = timedelta(hours=2)
"""The longest wait after a fault: an hour until the pixel's probe, and an hour of slow retry."""

_FINAL = {Status.SENT, Status.ERROR, Status.SKIPPED, Status.WAITING}

_PROMPT = timedelta(minutes=5)
"""The longest that an event may take to arrive while nothing fails."""


@dataclass(frozen=True)
class Endings:
    """The check of these laws, with the data that it needs."""

    accepted: Sequence[Accepted]
    shown: Mapping[Key, EventRecord]
    known: Mapping[Key, EventRecord]
    taken_at: Callable[[str, str, Role], datetime | None]
    never: Container[str]
    stubborn: Container[str]
    calm_from: datetime

    def broken(self, clients: Sequence[Client]) -> Iterator[str]:
        """Yield a message for every broken law."""
        for key, record in self.known.items():
            if record.lookup or (not record.cleared and record.status not in _FINAL):
                yield f"I8: {key} is still {record.status}, waiting: {record}"
        heard: dict[int, list[Accepted]] = defaultdict(list)
        for accepted in self.accepted:
            heard[id(accepted.thing)].append(accepted)
            yield from self._unaccounted(accepted)
        for client in clients:
            for thing in client.things:
                yield from self._broken_for(client, thing, heard[id(thing)])

    def _broken_for(
        self, client: Client, thing: Thing, accepted: Sequence[Accepted]
    ) -> Iterator[str]:
        for name in {chapter.makes: None for chapter in thing.story if chapter.makes}:
            yield from self._unfounded(thing, name)
            if client.is_reliable and not client.unsaved:
                yield from self._undelivered(client, thing, name, accepted)

    def _unfounded(self, thing: Thing, name: EventName) -> Iterator[str]:
        """Yield deliveries that failed without a refusal and before the event was too old."""
        record = self.shown.get(_key(thing, name))
        if record is None or record.occurred_at is None or self._is_refused(thing, name):
            return
        for role, delivery in record.deliveries.items():
            is_early = (
                delivery.finished_at and delivery.finished_at < record.occurred_at + EVENT_WINDOW
            )
            if delivery.status is DeliveryStatus.ERROR and is_early:
                yield f"I1: {name} of {thing.id} failed at {role} without need: {record}"

    def _unaccounted(self, accepted: Accepted) -> Iterator[str]:
        name = accepted.chapter.makes
        if name is None or accepted.receipt not in {"recorded", "duplicate"}:
            return
        if _key(accepted.thing, name) not in self.known:
            yield f"I1: {accepted.receipt}, and no record: {accepted}"

    def _is_refused(self, thing: Thing, name: EventName) -> bool:
        """Return whether Meta refuses the event, at least for more attempts than it gets."""
        return event_id(name, thing.id) in self.never or event_id(name, thing.id) in self.stubborn

    def _undelivered(
        self, client: Client, thing: Thing, name: EventName, accepted: Sequence[Accepted]
    ) -> Iterator[str]:
        heard = [each for each in accepted if _tells(each, name)]
        record = self.shown.get(_key(thing, name))
        if not heard or self._is_refused(thing, name):
            return
        happened = record.occurred_at if record and record.occurred_at else heard[0].chapter.at
        well_from = max(self.calm_from, client.healed_at or self.calm_from) + _LOOKS_AGAIN
        is_late = max(heard[0].at, well_from) >= happened + EVENT_WINDOW - _PROMPT
        for role in () if is_late else client.settings.roles():
            at = self.taken_at(client.tenant_id, event_id(name, thing.id), role)
            if at is None:
                yield f"I1: {name} of {thing.id} never came to {role} ({client.fate}): {record}"
            elif at > max(heard[0].at, well_from) + _PROMPT:
                yield f"I8: {name} of {thing.id} came to {role} at {at} ({client.fate}): {record}"


def _key(thing: Thing, name: EventName) -> Key:
    kind = KINDS[thing.sort]
    return thing.tenant_id, event_key(thing.tenant_id, kind=kind, object_id=thing.id, name=name)


def _tells(accepted: Accepted, name: EventName) -> bool:
    """Return whether this webhook alone must make the event.

    An unproven webhook is resolved by a look-up at some later time. So it must make the event only
    if the object is steady.
    """
    if accepted.chapter.makes is not name:
        return False
    return accepted.is_trusted or accepted.thing.is_steady
