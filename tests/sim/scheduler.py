"""A simulated Cloud Scheduler: the sweep every minute, except when nothing is due."""

from collections.abc import Callable
from datetime import datetime, timedelta

from service.infra.tenant_documents import DUE_NAMES
from service.local.file import SqliteFile
from tests.sim.faults import Fault, FaultInjector
from tests.sim.instance import Fleet
from tests.sim.loop import Loop
from tests.sim.task_queue import TASK_LOGIN

_MINUTE = timedelta(minutes=1)
_DUE_QUERIES = (
    "SELECT MIN(due_at) FROM events",
    "SELECT MIN(expires_at) FROM events",
    "SELECT MIN(due_at) FROM jobs",
    *(f"SELECT MIN({name}) FROM tenants" for name in DUE_NAMES.values()),  # noqa: S608 - our own words
)


class Scheduler:
    """Calls the sweep. `wake` must be called after a write, which may have made work due."""

    def __init__(
        self, *, loop: Loop, faults: FaultInjector, file: SqliteFile, fleet: Callable[[], Fleet]
    ) -> None:
        self._loop = loop
        self._faults = faults
        self._file = file
        self._fleet = fleet
        self._next: datetime | None = None
        self.sweeps = 0

    def wake(self) -> None:
        """Plan a sweep for the next full minute."""
        at = self._loop.now.replace(second=0, microsecond=0) + _MINUTE
        if self._next is None or at < self._next:
            self._plan(at)

    def _plan(self, at: datetime) -> None:
        self._next = at
        self._loop.call_at(at, lambda: self._tick(at))

    def _tick(self, at: datetime) -> None:
        if at != self._next:
            return
        due = self._first_due()
        if due and due > self._loop.now:
            minute = due.replace(second=0, microsecond=0)
            self._plan(minute if minute == due else minute + _MINUTE)
            return
        self._next = None
        if due is None:
            return
        if not self._faults.happens(Fault.SWEEP_MISSED):
            for _ in range(2 if self._faults.happens(Fault.SWEEP_DOUBLED) else 1):
                self.sweeps += 1
                self._fleet().post(
                    "/tasks/sweep", b"{}", login=TASK_LOGIN, on_response=lambda *_: None
                )
        self._plan(at + _MINUTE)

    def _first_due(self) -> datetime | None:
        with self._file.read() as db:
            found = [db.execute(statement).fetchone()[0] for statement in _DUE_QUERIES]
        stamps = [each for each in found if each is not None]
        if not stamps:
            return None
        return datetime.fromisoformat(min(stamps))
