"""The SQLite file that one machine's adapters share."""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import sleep
from typing import Any, Generic, Literal, TypeVar

from service.local.schema import migrate
from service.ports import StoreUnavailableError

IN_MEMORY = ":memory:"
"""The path of a file that only its first connection sees, for simulations."""

_BUSY_SECONDS = 5.0
_WAL_TRIES = 50
_WAL_PAUSE_SECONDS = 0.05

T = TypeVar("T")


class _Lent:
    """A connection that threads borrow in turn."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._lock = Lock()

    @contextmanager
    def borrowed(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                yield self.connection
        except sqlite3.Error as error:
            raise StoreUnavailableError("the database did not answer") from error


class _Change(Generic[T]):
    """Work on the file, and its result once that is committed."""

    def __init__(self, work: Callable[[sqlite3.Connection], T]) -> None:
        self.work = work
        self.ended: Future[T] = Future()


class SqliteFile:
    """One file, shared by threads and, through WAL, by processes.

    One connection writes and another one reads, so that no read waits until a commit is on the
    disk.
    """

    def __init__(self, path: str, *, synchronous: Literal["FULL", "OFF"] = "FULL") -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._changes: deque[_Change[Any]] = deque()
        self._writer = _Lent(path)
        _use_wal(self._writer.connection)
        # A committed row must survive a crash of the machine, not only of the process.
        self._writer.connection.execute(f"PRAGMA synchronous = {synchronous}")
        migrate(self._writer.connection)
        self._reader = self._writer if path == IN_MEMORY else _read_only(path)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees all that is committed to one thread at a time.

        Raises:
            StoreUnavailableError: SQLite failed.
        """
        with self._reader.borrowed() as db:
            yield db

    def change(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns, once its changes are committed: all of them, or none.

        What other threads give while a commit waits for the disk is committed together after it.
        If one of these fails, the others are done anew, so a work must bear that.

        Raises:
            StoreUnavailableError: SQLite failed. What the work raises is raised, too.
        """
        mine = _Change(work)
        self._changes.append(mine)
        with self._writer.borrowed() as db:
            if not mine.ended.done():
                _commit(db, [self._changes.popleft() for _ in range(len(self._changes))])
            return mine.ended.result()

    def close(self) -> None:
        """Close the file."""
        self._reader.connection.close()
        self._writer.connection.close()


def stamp(at: datetime | None) -> str | None:
    """Return the time as text for a column: UTC with a fixed width, so that it sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None


def _commit(db: sqlite3.Connection, changes: Sequence[_Change[Any]]) -> None:
    """Commit these changes at once; where that fails, each by itself, so that the others do not."""
    try:
        db.execute("BEGIN IMMEDIATE")
        with db:
            results = [change.work(db) for change in changes]
    except Exception as error:  # noqa: BLE001 - it is raised where the work was given
        if len(changes) == 1:
            changes[0].ended.set_exception(error)
            return
        for change in changes:
            _commit(db, [change])
        return
    for change, result in zip(changes, results, strict=True):
        change.ended.set_result(result)


def _read_only(path: str) -> _Lent:
    lent = _Lent(path)
    lent.connection.execute("PRAGMA query_only = ON")
    return lent


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL. SQLite does not wait while another process does this, so retry."""
    for _ in range(_WAL_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            sleep(_WAL_PAUSE_SECONDS)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")
