"""What a million delivered events cost at the list prices of Firestore and Cloud Tasks.

The operations are counted at Firestore's client, on Google's emulator, and the tasks at the port of
the queue: each is created and called once. Prices, in US dollars for a million: 0.90 for writes,
0.30 for reads, 0.10 for deletes (us-central1, Standard), 0.40 for an operation of Cloud Tasks. Free
quotas are left out. A busy winery's orders come within a minute, a small one's ten minutes apart,
so that nothing is remembered of it. What every event costs later, when it is counted, erased after
90 days and deleted after 400, stands in the notes. So does what the processor's time costs on Cloud
Run (24.00 for a million vCPU seconds, 2.50 for a million GiB seconds, of which it has half a one);
without HTTP, so it is a part of the whole.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import process_time
from uuid import uuid4

import pytest
from google.cloud import firestore

from service.domain.copies import replace
from service.domain.shop.order import Payment
from service.domain.shop.signal import Action
from service.gcp.documents import FirestoreDocuments
from service.ports import Task
from service.usecases.eventlog.retention import apply_retention
from service.usecases.figures.count_events import count_events
from tests.bench.measure import Bar, Result
from tests.builders import TENANT, a_signal, an_order
from tests.conftest import World, a_world
from tests.emulators import firestore_emulator, warm_up
from tests.fakes import ListQueue
from tests.unit.gcp.test_operations import over

_EVENTS = 50
_DOLLARS = {"writes": 0.90, "reads": 0.30, "deletes": 0.10, "tasks": 0.40}
_TASK_OPERATIONS = 2
VCPU_AND_MEMORY_SECOND = 24e-6 + 0.5 * 2.5e-6
"""The dollars of a second of one instance, which has one vCPU and half a GiB."""
_APART = timedelta(minutes=10)


@dataclass
class _Queue(ListQueue):
    """A queue that also knows how many tasks it was given."""

    taken: int = 0
    known: set[str] = field(default_factory=set)

    def enqueue(self, task: Task) -> None:
        """Keep the task."""
        self.taken += task.name not in self.known
        self.known.add(task.name)
        super().enqueue(task)


@dataclass(frozen=True)
class _Winery:
    """A winery on the emulator, and what is counted of it."""

    world: World
    documents: FirestoreDocuments
    queue: _Queue

    def order(self, number: int, *, is_paid: bool = True, action: Action = Action.CREATE) -> None:
        """Receive an order's webhook, and do all tasks that follow."""
        now = self.world.clock()
        order = an_order(
            id=f"order-{number}",
            number=str(number),
            payment=Payment.PAID if is_paid else Payment.OPEN,
            paid_at=now if is_paid else None,
            submitted_at=now,
        )
        self.world.receive(a_signal(order, action))
        self.world.run_tasks()

    def dollars_of(self, events: int) -> float:
        """Return the dollars of a million events, if the store's operations are of so many."""
        used = self.documents.operations
        return sum(_DOLLARS[name] * many for name, many in used.items()) / events

    def spent(self, work: Callable[[int], object], *, apart: timedelta) -> tuple[float, str]:
        """Return the dollars of a million such works, and of what they are made up."""
        self.documents.operations.clear()
        self.queue.taken = 0
        for number in range(_EVENTS):
            self.world.clock.advance(apart)
            work(number)
        used: Counter[str] = Counter(self.documents.operations)
        used["tasks"] = self.queue.taken * _TASK_OPERATIONS
        each = {name: many / _EVENTS for name, many in used.items() if many}
        dollars = sum(_DOLLARS[name] * many for name, many in each.items())
        return dollars, ", ".join(f"{many:.3g} {name}" for name, many in sorted(each.items()))


def measure() -> list[Result]:
    """Return the rows of the costs."""
    with firestore_emulator() as address:
        warm_up(address)
        with _winery(address) as busy:
            # The first delivery of a winery is noted once in its life.
            busy.order(-1)
            begun = process_time()
            delivered = busy.spent(busy.order, apart=timedelta(milliseconds=10))
            seconds = (process_time() - begun) / _EVENTS
            repeat = busy.spent(busy.order, apart=timedelta(milliseconds=10))
            later = _later(busy)
        with _winery(address) as small:
            small.order(-1)
            seldom = small.spent(small.order, apart=_APART)
            unpaid = small.spent(_unpaid_then_paid(small), apart=timedelta(milliseconds=10))
    run = seconds * 1e6 * VCPU_AND_MEMORY_SECOND
    more = f"{later}; Cloud Run about ${run:.2f} for {seconds * 1000:.1f} ms of processor time"
    return [
        _row("delivered, busy winery", delivered, Bar(high=3.5), more),
        _row("delivered, small winery", seldom, Bar(high=3.5), ""),
        _row("unpaid, then paid and delivered", unpaid, None, ""),
        _row("a repeated webhook", repeat, Bar(high=0.35), ""),
    ]


def _row(what: str, spent: tuple[float, str], bar: Bar | None, more: str) -> Result:
    note = "; ".join(filter(None, (f"each {spent[1]}", more)))
    return Result(name=f"a million: {what}", figures=(spent[0],), unit="$", bar=bar, note=note)


def _unpaid_then_paid(winery: _Winery) -> Callable[[int], None]:
    def receive(number: int) -> None:
        winery.order(1000 + number, is_paid=False)
        winery.order(1000 + number, action=Action.UPDATE)

    return receive


def _later(winery: _Winery) -> str:
    """Return in words what the counting, erasing and deleting of all these events costs each."""
    services, now = winery.world.services, winery.world.clock()
    tenant = services.tenants.find(TENANT)
    assert tenant
    winery.documents.operations.clear()
    counted = count_events(tenant, now=now + timedelta(hours=1), services=services).events
    count = winery.dollars_of(counted)
    erased = apply_retention(TENANT, now=now + timedelta(days=91), services=services)
    dropped = services.events.drop_expired(now=now + timedelta(days=401), limit=counted)
    assert counted == erased == dropped, (counted, erased, dropped)
    ended = winery.dollars_of(counted) - count
    return f"later ${count:.2f} for counting, ${ended:.2f} for erasing and deleting it"


@contextmanager
def _winery(address: str) -> Iterator[_Winery]:
    """Lend a winery that is set up, in a new project of the emulator."""
    with pytest.MonkeyPatch.context() as patch, a_world() as world:
        patch.setenv("FIRESTORE_EMULATOR_HOST", address)
        client = firestore.Client(project=f"bench-{uuid4().hex[:12]}")
        documents, queue = FirestoreDocuments(client, new_id=lambda: uuid4().hex), _Queue()
        # Firestore gives the places of final records by its own clock.
        world.clock.now = datetime.now(UTC)
        services = replace(over(documents, world), queue=queue, new_id=lambda: uuid4().hex)
        yield _Winery(replace(world, services=services, queue=queue), documents, queue)
