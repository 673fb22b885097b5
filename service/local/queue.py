"""A queue inside the process that behaves like Cloud Tasks.

It delivers at least once, in no fixed order, with growing pauses between retries, over real HTTP
with the same headers and a signed caller token. Its tasks are lost when the process ends; the sweep
enqueues them again, here as in the cloud.

Reference: Cloud Tasks, "Create HTTP target tasks" (headers) and "RetryConfig" (pauses).
"""

import heapq
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from threading import Condition, Event, Thread
from time import monotonic

from msgspec import Struct, field

from service.infra.clock import utc_now
from service.infra.http import Http, HttpAnswer, HttpFailureError, Limits
from service.infra.recent_keys import RecentKeys
from service.ports import CALLS_AT_ONCE, Task

QUEUE_NAME = "local"
SWEEP_EVERY = timedelta(minutes=1)
_SWEEP = Task(name="sweep", path="/tasks/sweep", body=b"{}")
_DISPATCH_SECONDS = 30.0
_MOST_DOUBLINGS = 7
_MOST_ATTEMPTS = 100
_NAMES_KEPT = timedelta(hours=1)
_MOST_NAMES = 2_000
_KEPT_FROM_BULK = 2
_SERVER_ERROR = 500


class _Dispatch(Struct, order=True):
    """Ordered by its time; no two have the same `number`."""

    at: float
    number: int
    task: Task
    retries: int = 0
    executions: int = 0
    previous: int | None = None


class _Destination(Struct):
    """How many calls are under way, `most` for a while, and what waits until one has ended."""

    most: int = 1
    limited_until: float = 0.0
    under_way: int = 0
    put_off: deque[_Dispatch] = field(default_factory=deque)


class LocalQueue:
    """Port `Queue`, dispatching from threads that start with the first task.

    `threads` is the number of simultaneous dispatches. Bulk tasks give way to all others, and leave
    two dispatches free for them, as a queue of their own would; they may be half of the server's
    threads. `copies=2` delivers every task twice at once, and `delay` postpones every first
    dispatch; Cloud Tasks may do both.

    A destination whose answer limits its calls (`CALLS_AT_ONCE`) gets no more at once while it is
    `limited_for`. Its other tasks wait here for room instead of being refused one by one.
    """

    def __init__(
        self,
        *,
        base_url: str,
        mint_token: Callable[[], str],
        min_backoff: timedelta,
        copies: int = 1,
        delay: timedelta = timedelta(0),
        threads: int = 10,
        limited_for: timedelta = timedelta(seconds=10),
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._mint_token = mint_token
        self._min_backoff = min_backoff.total_seconds()
        self._copies = copies
        self._delay = delay.total_seconds()
        self._limited_for = limited_for.total_seconds()
        self._http = Http(
            limits=Limits(read=_DISPATCH_SECONDS, total=_DISPATCH_SECONDS), connections=threads + 1
        )
        self._dispatchers = self._most = threads
        self._most_bulk = max(1, threads - _KEPT_FROM_BULK)
        self._numbers = count()
        self._waiting: list[_Dispatch] = []
        self._bulk: list[_Dispatch] = []
        self._bulk_under_way = 0
        self._destinations: dict[str, _Destination] = {}
        self._names = RecentKeys(kept_for=_NAMES_KEPT, most=_MOST_NAMES)
        self._changed = Condition()
        self._closing = Event()
        self._threads: list[Thread] = []

    def enqueue(self, task: Task) -> None:
        """Enqueue the task, unless its name is one of the last hour's 2,000."""
        now = utc_now()
        with self._changed:
            if self._names.knows(task.name, now=now):
                return
            self._names.note(task.name, now=now)
            at = monotonic() + self._delay + task.delay.total_seconds()
            for _ in range(self._copies):
                self._push(_Dispatch(at, next(self._numbers), task))
            self._start_threads()

    def ping(self) -> None:
        """Return at once: the queue is part of this process."""

    def start_sweeping(self, every: timedelta = SWEEP_EVERY) -> None:
        """Call the sweep at once, and then at this interval, as Cloud Scheduler does."""

        def sweep_until_closed() -> None:
            while not self._closing.is_set():
                self._post(_Dispatch(0, 0, _SWEEP))
                self._closing.wait(every.total_seconds())

        self._start(sweep_until_closed, "local-scheduler")

    def close(self) -> None:
        """Stop dispatching; waiting tasks are lost, as when the process dies."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=_DISPATCH_SECONDS)
        self._http.close()

    def _start_threads(self) -> None:
        # Not in __init__: threads do not survive the fork of a server's workers.
        while self._dispatchers:
            self._start(self._dispatch_until_closed, f"local-queue-{self._dispatchers}")
            self._dispatchers -= 1

    def _start(self, target: Callable[[], None], name: str) -> None:
        thread = Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _dispatch_until_closed(self) -> None:
        while dispatch := self._next():
            answer = self._post(dispatch)
            self._end(dispatch, answer)
            is_done = answer is not None and answer.status < 300  # noqa: PLR2004 - 2xx, as Cloud Tasks says
            if not is_done and dispatch.retries + 1 < _MOST_ATTEMPTS:
                self._retry(dispatch, answer.status if answer else None)

    def _next(self) -> _Dispatch | None:
        with self._changed:
            while not self._closing.is_set():
                for heap in self._open_heaps():
                    if dispatch := self._begun(heap):
                        return dispatch
                waits = [heap[0].at - monotonic() for heap in self._open_heaps()]
                self._changed.wait(max(0.0, min(waits)) if waits else None)
        return None

    def _begun(self, heap: list[_Dispatch]) -> _Dispatch | None:
        """Take the first task that is due and whose destination has room; put off those without."""
        now = monotonic()
        while heap and heap[0].at <= now:
            dispatch = heapq.heappop(heap)
            name = dispatch.task.destination
            there = self._destinations.setdefault(name, _Destination())
            if self._room(there):
                there.under_way += 1
                self._bulk_under_way += heap is self._bulk
                return dispatch
            there.put_off.append(dispatch)
        return None

    def _open_heaps(self) -> list[list[_Dispatch]]:
        """Return the heaps to take a task from, the first one first."""
        is_bulk_open = self._bulk_under_way < self._most_bulk
        return [heap for heap in (self._waiting, self._bulk if is_bulk_open else []) if heap]

    def _push(self, dispatch: _Dispatch) -> None:
        """Add the task to its heap, and wake those dispatchers to which it makes a difference."""
        heap = self._bulk if dispatch.task.is_bulk else self._waiting
        heapq.heappush(heap, dispatch)
        if dispatch.at <= monotonic():
            self._changed.notify()
        elif heap[0] is dispatch:  # none of them waits for longer than until the first one
            self._changed.notify_all()

    def _end(self, dispatch: _Dispatch, answer: HttpAnswer | None) -> None:
        """Heed the limit in the answer, and let the next tasks go for which there is room now."""
        name = dispatch.task.destination
        with self._changed:
            self._bulk_under_way -= dispatch.task.is_bulk
            there = self._destinations[name]
            there.under_way -= 1
            if answer and (most := answer.headers.get(CALLS_AT_ONCE)):
                there.most, there.limited_until = int(most), monotonic() + self._limited_for
            for _ in range(min(self._room(there), len(there.put_off))):
                self._push(there.put_off.popleft())
            if not (there.under_way or there.put_off):
                del self._destinations[name]
            if dispatch.task.is_bulk:
                self._changed.notify_all()

    def _room(self, there: _Destination) -> int:
        """Return how many calls may begin beside those under way."""
        is_limited = monotonic() < there.limited_until
        return max(0, (there.most if is_limited else self._most) - there.under_way)

    def _retry(self, dispatch: _Dispatch, status: int | None) -> None:
        pause = self._min_backoff * 2 ** min(dispatch.retries, _MOST_DOUBLINGS)
        # Seen on real Cloud Tasks: executions that ended in 5xx, or not at all, are not counted.
        was_executed = status is not None and status < _SERVER_ERROR
        again = _Dispatch(
            monotonic() + pause,
            next(self._numbers),
            dispatch.task,
            retries=dispatch.retries + 1,
            executions=dispatch.executions + was_executed,
            previous=status,
        )
        with self._changed:
            self._push(again)

    def _post(self, dispatch: _Dispatch) -> HttpAnswer | None:
        headers = {
            "Authorization": f"Bearer {self._mint_token()}",
            "Content-Type": "application/json",
            "User-Agent": "Google-Cloud-Tasks",
            "X-CloudTasks-QueueName": QUEUE_NAME,
            "X-CloudTasks-TaskName": dispatch.task.name,
            "X-CloudTasks-TaskRetryCount": str(dispatch.retries),
            "X-CloudTasks-TaskExecutionCount": str(dispatch.executions),
            **(
                {"X-CloudTasks-TaskPreviousResponse": str(dispatch.previous)}
                if dispatch.previous
                else {}
            ),
        }
        try:
            url = f"{self._base_url}{dispatch.task.path}"
            return self._http.post(url, body=dispatch.task.body, headers=headers)
        except HttpFailureError:
            return None
