"""The SQLite file that one machine's adapters share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import sleep

from service.local.schema import migrate
from service.ports import StoreUnavailableError

_BUSY_SECONDS = 5.0
_WAL_TRIES = 50
_WAL_PAUSE_SECONDS = 0.05


class SqliteFile:
    """One connection to one file, shared by threads and, through WAL, by processes."""

    def __init__(self, path: str) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        _use_wal(self._connection)
        # A committed row must survive a crash of the machine, not only of the process.
        self._connection.execute("PRAGMA synchronous = FULL")
        migrate(self._connection)

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection to one thread at a time.

        Raises:
            StoreUnavailableError: SQLite failed.
        """
        try:
            with self._lock:
                yield self._connection
        except sqlite3.Error as error:
            raise StoreUnavailableError("the database did not answer") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one transaction: all changes are written at once, or none."""
        with self.use() as db:
            db.execute("BEGIN IMMEDIATE")
            with db:
                yield db

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


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


def stamp(at: datetime | None) -> str | None:
    """Return the time as text for a column: UTC with a fixed width, so that it sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
