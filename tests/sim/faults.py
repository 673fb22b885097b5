"""The faults, their rates in one run, and how often each occurred.

Each run has only a few kinds of faults (swarm testing): with all kinds at once, one fault can hide
the effect of another.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """The kinds of faults. An `…_OUTAGE` lasts for a while; the others affect single calls."""

    KILL = "instance killed"
    FREEZE = "instance frozen"
    STORE_BEFORE = "store fails before commit"
    STORE_AFTER = "store fails after commit"
    STORE_OUTAGE = "store outage"
    QUEUE_BEFORE = "queue fails before accepting a task"
    QUEUE_AFTER = "queue fails after accepting a task"
    QUEUE_OUTAGE = "queue outage"
    TASK_LOST = "task lost"
    TASK_DOUBLED = "task doubled"
    TASK_LATE = "task late"
    SWEEP_MISSED = "sweep missed"
    SWEEP_DOUBLED = "sweep doubled"
    META_ERROR = "Meta 5xx"
    META_ANSWER_LOST = "Meta's answer lost"
    META_SLOW = "Meta slow"
    META_THROTTLES = "Meta throttles"
    META_REFUSES_TOKEN = "Meta refuses a valid token"
    META_OUTAGE = "Meta outage"
    SHOP_TIMEOUT = "Commerce7 times out"
    SHOP_THROTTLES = "Commerce7 throttles"
    SHOP_NOT_FOUND = "Commerce7 does not find it yet"
    SHOP_OUTAGE = "Commerce7 outage"
    WEBHOOK_LOST = "webhook lost"
    WEBHOOK_DOUBLED = "webhook doubled"
    WEBHOOK_LATE = "webhook late"
    SLOW_CALL = "slow call"


OUTAGES = (Fault.STORE_OUTAGE, Fault.QUEUE_OUTAGE, Fault.META_OUTAGE, Fault.SHOP_OUTAGE)
_OFTEN = {
    Fault.SHOP_NOT_FOUND: 0.5,
    Fault.WEBHOOK_LOST: 0.4,
    Fault.WEBHOOK_DOUBLED: 0.4,
    Fault.WEBHOOK_LATE: 0.2,
    Fault.TASK_DOUBLED: 0.2,
}
_SELDOM = {Fault.KILL: 0.01, Fault.FREEZE: 0.003}
_RATE = 0.08


@dataclass
class FaultInjector:
    """The faults of one run; none occurs after `until`."""

    rng: Random
    clock: Callable[[], datetime]
    until: datetime
    rates: dict[Fault, float] = field(default_factory=dict)
    outages: dict[Fault, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    counts: Counter[Fault] = field(default_factory=Counter)

    def happens(self, fault: Fault) -> bool:
        """Return whether this fault occurs now, and count it."""
        rate = self.rates.get(fault)
        if rate is None or self.clock() >= self.until or self.rng.random() >= rate:
            return False
        self.counts[fault] += 1
        return True

    def is_out(self, fault: Fault) -> bool:
        """Return whether this outage is going on."""
        now = self.clock()
        if not any(start <= now < end for start, end in self.outages.get(fault, ())):
            return False
        self.counts[fault] += 1
        return True


def random_faults(rng: Random, clock: Callable[[], datetime], *, until: datetime) -> FaultInjector:
    """Return the randomly chosen faults of a run."""
    start = clock()
    faults = FaultInjector(rng, clock, until)
    share = rng.choice((0.0, 0.2, 0.4, 0.7))
    for fault in Fault:
        if rng.random() >= share:
            continue
        if fault in OUTAGES:
            faults.outages[fault] = [_outage(rng, start, until) for _ in range(rng.randint(1, 3))]
        else:
            most = _OFTEN.get(fault) or _SELDOM.get(fault) or _RATE
            faults.rates[fault] = most * rng.choice((0.1, 0.5, 1.0))
    return faults


def _outage(rng: Random, start: datetime, until: datetime) -> tuple[datetime, datetime]:
    begin = start + (until - start) * rng.random()
    length = timedelta(seconds=rng.choice((30, 300, 1800, 4 * 3600, 20 * 3600)) * rng.random())
    return begin, min(begin + length, until)
