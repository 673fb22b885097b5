"""One run of a seed with its checks, and the totals of many runs."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Self

from service.domain.records.record import EventRecord, Status
from tests.sim.client import Client
from tests.sim.ears import Ears, heard
from tests.sim.endings import Endings
from tests.sim.objects import MARK
from tests.sim.plan import Plan, a_plan, set_up
from tests.sim.trace import Violation
from tests.sim.world import Alter, World, unaltered

_LONGEST = timedelta(days=8)
_TAIL = 50


@dataclass
class Tally:
    """The totals of one run, or of many."""

    runs: int = 0
    events: int = 0
    accepted: int = 0
    webhooks: int = 0
    posts: int = 0
    taken: int = 0
    task_runs: int = 0
    sweeps: int = 0
    log_lines: int = 0
    steps: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    repeats: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: "Tally") -> Self:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


@dataclass(frozen=True)
class Run:
    """The result of one seed. `broken` is the broken law, if any."""

    seed: int
    tally: Tally
    digest: str
    broken: str | None
    trace: list[str]

    def __str__(self) -> str:
        if self.broken is None:
            return f"seed {self.seed}: {self.digest}"
        lines = [f"seed {self.seed} breaks a law: {self.broken}", "the last steps:"]
        lines += [f"  {line}" for line in self.trace]
        return "\n".join([*lines, f"again: python -m tests.sim --from {self.seed} --seeds 1"])


def play(seed: int, *, alter: Alter = unaltered, plan: Plan | None = None) -> Run:
    """Run this seed."""
    rng = Random(seed)
    world = World(rng, instances=rng.randint(1, 4), alter=alter)
    broken: str | None = None
    clients: list[Client] = []
    with heard() as ears:
        try:
            clients = set_up(world, plan or a_plan(seed, rng), rng)
            broken = _played(world, clients)
        except Violation as violation:
            broken = str(violation)
    tally = _tally(world, clients, ears)
    world.close()
    return Run(seed, tally, world.trace.digest, broken, world.trace.tail(_TAIL))


def _played(world: World, clients: list[Client]) -> str | None:
    chapters = [
        chapter.at for client in clients for each in client.things for chapter in each.story
    ]
    end = max(world.faults.until, *chapters) + 2 * _LONGEST
    world.loop.run(end)
    world.postmarks.hold_pace()
    if any(MARK in each for each in world.stored()):
        raise Violation("I7: personal data in the store")
    if world.queues.waiting:
        raise Violation(f"I8: {world.queues.waiting} tasks have no end")
    endings = Endings(
        accepted=world.sender.accepted,
        shown=world.laws.shown,
        known=world.laws.known,
        taken_at=world.postmarks.taken_at,
        never=world.meta.never,
        stubborn=world.meta.stubborn,
        calm_from=world.faults.until,
    )
    broken = [*endings.broken(clients)]
    return "\n".join(broken[:3]) if broken else None


def _tally(world: World, clients: list[Client], ears: Ears) -> Tally:
    records = world.laws.shown.values()
    return Tally(
        runs=1,
        events=sum(1 for record in records if record.deliveries),
        accepted=len(world.sender.accepted),
        webhooks=world.sender.sent,
        posts=len(world.meta.posts),
        taken=sum(post.taken for post in world.meta.posts),
        task_runs=world.queues.runs,
        sweeps=world.scheduler.sweeps,
        log_lines=ears.lines,
        steps=world.trace.steps,
        faults=Counter({str(fault): n for fault, n in world.faults.counts.items()}),
        repeats=Counter(world.postmarks.repeats),
        statuses=Counter(_ending(record) for record in records),
        fates=Counter(client.fate for client in clients),
    )


def _ending(record: EventRecord) -> str:
    """Return the record's last status; "denied" if the shop denied an unproven webhook."""
    return "denied" if record.status is Status.RECEIVED else str(record.status)
