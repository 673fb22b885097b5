"""A simulated Cloud Tasks: delivers at least once, in no fixed order, and retries unless 2xx.

An answer of 429 or 503 slows the whole queue down.

Reference: Cloud Tasks, "Common pitfalls", RetryConfig and CreateTask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from service.ports import Task
from tests.fakes import OneCaller
from tests.sim.faults import Fault, Faults
from tests.sim.instance import Fleet
from tests.sim.loop import Loop
from tests.sim.objects import MARK
from tests.sim.trace import Trace, Violation

LOGIN = f"Bearer {OneCaller.token}"
_DEADLINE = 60.0
_MIN_BACKOFF = 30.0
_MOST_DOUBLINGS = 7
_MOST_ATTEMPTS = 100
_LONGEST_NAME = timedelta(hours=24)
_SHORTEST_NAME = timedelta(hours=1)
_OVERLOAD = frozenset({429, 503})
_REST = 5.0
_MOST_RUNS = 20_000
_MOST_RUNS_OF_A_TASK = 3
"""Several times what any run needs, even with a probe of a dead pixel every 15 minutes."""


@dataclass(eq=False)
class _Entry:
    task: Task
    retries: int = 0


class SimQueue:
    """One queue; at most `width` of its tasks run at a time."""

    def __init__(
        self, *, width: int, loop: Loop, faults: Faults, trace: Trace, fleet: Callable[[], Fleet]
    ) -> None:
        self._width = width
        self._loop = loop
        self._rng: Random = faults.rng
        self._faults = faults
        self._trace = trace
        self._fleet = fleet
        self._names: dict[str, datetime] = {}
        self._ready: list[_Entry] = []
        self._running = 0
        self._slow_until = loop.now
        self.waiting = 0
        self.runs = 0
        self.dropped = 0

    def enqueue(self, task: Task) -> None:
        """Enqueue the task, unless one of its name was enqueued within about a day."""
        if MARK.encode() in task.body or MARK in task.name:
            raise Violation(f"I7: personal data in a task: {task}")
        if self._names.get(task.name, self._loop.now) > self._loop.now:
            self._trace.note(self._loop.now, "queue", f"knows {task.name[:8]}")
            return
        self._remember(task)
        if self._faults.happens(Fault.TASK_LOST):
            self._trace.note(self._loop.now, "queue", f"LOSES {task.name[:8]} {task.body!r}")
            return
        delay = task.delay.total_seconds() + 0.2 * self._rng.random()
        if self._faults.happens(Fault.TASK_LATE):
            delay += 600 * self._rng.random()
        self._take(_Entry(task), delay)
        if self._faults.happens(Fault.TASK_DOUBLED):
            self._take(_Entry(task), delay + self._rng.choice((0.0, 0.05, 1, 45)))

    def ping(self) -> None:
        """Return: this queue always answers."""

    def _remember(self, task: Task) -> None:
        kept = _SHORTEST_NAME + (_LONGEST_NAME - _SHORTEST_NAME) * self._rng.random()
        self._names[task.name] = self._loop.now + kept

    def _take(self, entry: _Entry, delay: float) -> None:
        self.waiting += 1

        def ready() -> None:
            self._ready.append(entry)
            self._pump()

        self._loop.after(delay, ready)

    def _pump(self) -> None:
        while self._ready and self._running < self._width:
            if self._loop.now < self._slow_until:
                self._loop.at(self._slow_until, self._pump)
                return
            entry = self._ready.pop(self._rng.randrange(len(self._ready)))
            self._running += 1
            self._call(entry)

    def _call(self, entry: _Entry) -> None:
        self.runs += 1
        if self.runs > _MOST_RUNS + _MOST_RUNS_OF_A_TASK * len(self._names):
            raise Violation("I8: there is no end of tasks")
        is_over = False

        def heard(status: int | None, _answer: bytes = b"") -> None:
            nonlocal is_over
            if is_over:  # the answer came after the time-out
                return
            is_over = True
            self._running -= 1
            self.waiting -= 1
            self._judge(entry, status)
            self._pump()

        task = entry.task
        what = f"{task.path} {task.name[:8]}"
        self._fleet().post(task.path, task.body, login=LOGIN, heard=heard, what=what)
        self._loop.after(_DEADLINE, lambda: heard(None))

    def _judge(self, entry: _Entry, status: int | None) -> None:
        if status == 200:
            self._remember(entry.task)
            return
        if status in _OVERLOAD:
            self._slow_until = self._loop.now + timedelta(seconds=_REST * self._rng.random())
        if entry.retries + 1 >= _MOST_ATTEMPTS:
            self.dropped += 1
            return
        if self._faults.happens(Fault.TASK_LOST):
            return
        pause = _MIN_BACKOFF * 2 ** min(entry.retries, _MOST_DOUBLINGS)
        self._remember(entry.task)
        self._take(_Entry(entry.task, entry.retries + 1), pause)


class SimQueues:
    """Port `Queue` over two queues, the second for bulk tasks."""

    def __init__(self, make: Callable[[int], SimQueue], *, width: int) -> None:
        self.main, self.bulk = make(width), make(max(1, width // 4))

    def enqueue(self, task: Task) -> None:
        """Enqueue the task."""
        (self.bulk if task.is_bulk else self.main).enqueue(task)

    def ping(self) -> None:
        """Return: these queues always answer."""

    @property
    def waiting(self) -> int:
        """Return the number of unfinished tasks."""
        return self.main.waiting + self.bulk.waiting

    @property
    def runs(self) -> int:
        """Return the number of task runs."""
        return self.main.runs + self.bulk.runs
