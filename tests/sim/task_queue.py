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
from tests.sim.faults import Fault, FaultInjector
from tests.sim.instance import Fleet
from tests.sim.loop import Loop
from tests.sim.objects import CANARY
from tests.sim.trace import Trace, Violation

TASK_LOGIN = f"Bearer {OneCaller.token}"
_DEADLINE = 60.0
_MIN_BACKOFF = 30.0
_MAX_DOUBLINGS = 7
_MAX_ATTEMPTS = 100
_LONGEST_DEDUPLICATION = timedelta(hours=24)
_SHORTEST_DEDUPLICATION = timedelta(hours=1)
_OVERLOAD = frozenset({429, 503})
_SLOW_DOWN = 5.0
_MAX_RUNS = 20_000
_MAX_RUNS_OF_A_TASK = 3
"""Several times what any run needs, even with a probe of a stopped pixel every 15 minutes."""


@dataclass(eq=False)
class _Entry:
    task: Task
    retries: int = 0


class SimQueue:
    """One queue; at most `width` of its tasks run at a time."""

    def __init__(
        self,
        *,
        width: int,
        loop: Loop,
        faults: FaultInjector,
        trace: Trace,
        fleet: Callable[[], Fleet],
    ) -> None:
        self._width = width
        self._loop = loop
        self._rng: Random = faults.rng
        self._faults = faults
        self._trace = trace
        self._fleet = fleet
        self._blocked_names: dict[str, datetime] = {}
        self._ready: list[_Entry] = []
        self._running = 0
        self._slow_until = loop.now
        self.waiting = 0
        self.runs = 0

    def enqueue(self, task: Task) -> None:
        """Enqueue the task, unless one of its name was enqueued within about a day."""
        if CANARY.encode() in task.body or CANARY in task.name:
            raise Violation(f"I7: personal data in a task: {task}")
        if self._blocked_names.get(task.name, self._loop.now) > self._loop.now:
            self._trace.record(self._loop.now, "queue", f"knows {task.name[:8]}")
            return
        self._block_name(task)
        if self._faults.happens(Fault.TASK_LOST):
            self._trace.record(self._loop.now, "queue", f"LOSES {task.name[:8]} {task.body!r}")
            return
        delay = task.delay.total_seconds() + 0.2 * self._rng.random()
        if self._faults.happens(Fault.TASK_LATE):
            delay += 600 * self._rng.random()
        self._schedule(_Entry(task), delay)
        if self._faults.happens(Fault.TASK_DOUBLED):
            self._schedule(_Entry(task), delay + self._rng.choice((0.0, 0.05, 1, 45)))

    def ping(self) -> None:
        """Return: this queue always answers."""

    def _block_name(self, task: Task) -> None:
        kept = (
            _SHORTEST_DEDUPLICATION
            + (_LONGEST_DEDUPLICATION - _SHORTEST_DEDUPLICATION) * self._rng.random()
        )
        self._blocked_names[task.name] = self._loop.now + kept

    def _schedule(self, entry: _Entry, delay: float) -> None:
        self.waiting += 1

        def ready() -> None:
            self._ready.append(entry)
            self._dispatch()

        self._loop.call_later(delay, ready)

    def _dispatch(self) -> None:
        while self._ready and self._running < self._width:
            if self._loop.now < self._slow_until:
                self._loop.call_at(self._slow_until, self._dispatch)
                return
            entry = self._ready.pop(self._rng.randrange(len(self._ready)))
            self._running += 1
            self._call(entry)

    def _call(self, entry: _Entry) -> None:
        self.runs += 1
        if self.runs > _MAX_RUNS + _MAX_RUNS_OF_A_TASK * len(self._blocked_names):
            raise Violation("I8: there is no end of tasks")
        is_over = False

        def on_response(status: int | None, _answer: bytes = b"") -> None:
            nonlocal is_over
            if is_over:  # the answer came after the time-out
                return
            is_over = True
            self._running -= 1
            self.waiting -= 1
            self._finish(entry, status)
            self._dispatch()

        task = entry.task
        what = f"{task.path} {task.name[:8]}"
        self._fleet().post(
            task.path, task.body, login=TASK_LOGIN, on_response=on_response, what=what
        )
        self._loop.call_later(_DEADLINE, lambda: on_response(None))

    def _finish(self, entry: _Entry, status: int | None) -> None:
        if status == 200:
            self._block_name(entry.task)
            return
        if status in _OVERLOAD:
            self._slow_until = self._loop.now + timedelta(seconds=_SLOW_DOWN * self._rng.random())
        if entry.retries + 1 >= _MAX_ATTEMPTS:
            return
        if self._faults.happens(Fault.TASK_LOST):
            return
        pause = _MIN_BACKOFF * 2 ** min(entry.retries, _MAX_DOUBLINGS)
        self._block_name(entry.task)
        self._schedule(_Entry(entry.task, entry.retries + 1), pause)


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
