"""What must hold when the troubles are long over and everything is quiet (I1, I2 and I8)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.event import EventName
from service.domain.idempotency import event_key
from service.domain.record import EventRecord, Status
from service.domain.schedule import EVENT_WINDOW
from service.domain.tenant import Role
from tests.sim.client import Client
from tests.sim.laws import Key
from tests.sim.objects import KINDS, Thing, event_id
from tests.sim.sender import Accepted

_LOOKS_AGAIN = timedelta(hours=8)
"""Within this time whatever waits has gone on, however little it was told."""

_FINAL = {Status.SENT, Status.ERROR, Status.SKIPPED, Status.WAITING}

HasTaken = Callable[[str, str, Role], bool]


@dataclass(frozen=True)
class Endings:
    """Everything that the last look needs."""

    accepted: Sequence[Accepted]
    shown: Mapping[Key, EventRecord]
    known: Mapping[Key, EventRecord]
    has_taken: HasTaken
    never: set[str]
    calm_from: datetime

    def broken(self, clients: Sequence[Client]) -> Iterator[str]:
        """Yield every law that is broken."""
        for key, record in self.known.items():
            if record.lookup or (not record.cleared and record.status not in _FINAL):
                yield f"I8: {key} is still {record.status}, waiting: {record}"
        for accepted in self.accepted:
            yield from self._unaccounted(accepted)
        for client in clients:
            if client.is_reliable and not client.unsaved:
                yield from self._undelivered(client)

    def _unaccounted(self, accepted: Accepted) -> Iterator[str]:
        name = accepted.chapter.makes
        if name is None or accepted.receipt not in {"recorded", "duplicate"}:
            return
        if _key(accepted.thing, name) not in self.known:
            yield f"I1: {accepted.receipt}, and no record: {accepted}"

    def _undelivered(self, client: Client) -> Iterator[str]:
        for thing in client.things:
            for name in {chapter.makes for chapter in thing.story if chapter.makes}:
                heard = [
                    each for each in self.accepted if each.thing is thing and _tells(each, name)
                ]
                if heard:
                    yield from self._unsent(client, thing, name, heard[0])

    def _unsent(
        self, client: Client, thing: Thing, name: EventName, heard: Accepted
    ) -> Iterator[str]:
        record = self.shown.get(_key(thing, name))
        happened = record.occurred_at if record and record.occurred_at else heard.chapter.at
        ready = max(heard.at, self.calm_from, client.healed_at or self.calm_from) + _LOOKS_AGAIN
        if ready >= happened + EVENT_WINDOW or event_id(name, thing.id) in self.never:
            return
        for role in client.settings.roles():
            if not self.has_taken(client.tenant_id, event_id(name, thing.id), role):
                yield f"I1: {name} of {thing.id} never came to {role} ({client.fate}): {record}"


def _key(thing: Thing, name: EventName) -> Key:
    kind = KINDS[thing.sort]
    return thing.tenant_id, event_key(thing.tenant_id, kind=kind, object_id=thing.id, name=name)


def _tells(accepted: Accepted, name: EventName) -> bool:
    """Tell whether this webhook alone must make the event.

    Of what nobody vouches for, the shop's word counts at whatever time it is asked.
    """
    if accepted.chapter.makes is not name:
        return False
    return accepted.is_trusted or accepted.thing.is_steady
