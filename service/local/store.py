"""Tenants and events in one SQLite file, for one machine."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import sleep

import msgspec

from service.domain.record import EventRecord, Status
from service.domain.shop import Shop
from service.domain.tenant import Role, Tenant, TenantSettings
from service.local.schema import migrate
from service.ports import Stored, StoreUnavailableError

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
        # Accepted means durable: a row must survive the machine, not only the process.
        self._connection.execute("PRAGMA synchronous = FULL")
        migrate(self._connection)

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection to one thread at a time; its failures become ours."""
        try:
            with self._lock:
                yield self._connection
        except sqlite3.Error as error:
            raise StoreUnavailableError("the database did not answer") from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL; SQLite does not wait by itself while another process does it."""
    for _ in range(_WAL_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            sleep(_WAL_PAUSE_SECONDS)
        else:
            return
    connection.execute("PRAGMA journal_mode = WAL")


class SqliteTenants:
    """Port `Tenants`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT doc, shop, shop_due_at FROM tenants WHERE tenant_id = ?", (tenant_id,)
            ).fetchone()
        if row is None:
            return None
        doc, shop, shop_due_at = row
        return Tenant(
            id=tenant_id,
            choices=msgspec.json.decode(doc, type=TenantSettings),
            shop=msgspec.json.decode(shop, type=Shop) if shop else None,
            shop_due_at=datetime.fromisoformat(shop_due_at) if shop_due_at else None,
        )

    def save_settings(self, tenant_id: str, settings: TenantSettings) -> None:
        """Create or overwrite the tenant's settings."""
        with self._file.use() as db:
            db.execute(
                "INSERT INTO tenants (tenant_id, doc) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET doc = excluded.doc",
                (tenant_id, msgspec.json.encode(settings)),
            )

    def save_shop(self, tenant_id: str, shop: Shop | None, *, due_at: datetime) -> None:
        """Write what the shop tells of itself, and when to ask it again."""
        with self._file.use() as db:
            db.execute(
                "UPDATE tenants SET shop = COALESCE(?, shop), shop_due_at = ? WHERE tenant_id = ?",
                (msgspec.json.encode(shop) if shop else None, stamp(due_at), tenant_id),
            )

    def shops_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose shop is to be asked again, those that never were first."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT tenant_id FROM tenants WHERE COALESCE(shop_due_at, '') <= ?"
                " ORDER BY COALESCE(shop_due_at, ''), tenant_id LIMIT ?",
                (stamp(now), limit),
            )
            return [row[0] for row in rows]

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants, in order."""
        with self._file.use() as db:
            return [row[0] for row in db.execute("SELECT tenant_id FROM tenants ORDER BY 1")]

    def remove(self, tenant_id: str) -> None:
        """Forget the tenant's settings and tokens, tokens first."""
        with self._file.use() as db:
            db.execute("DELETE FROM secrets WHERE tenant_id = ?", (tenant_id,))
            db.execute("DELETE FROM tenants WHERE tenant_id = ?", (tenant_id,))

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT sealed FROM secrets WHERE tenant_id = ? AND role = ?", (tenant_id, role)
            ).fetchone()
        return str(row[0]) if row else None

    def save_sealed_token(self, tenant_id: str, role: Role, sealed: str) -> None:
        """Create or overwrite the sealed token of the role's pixel."""
        with self._file.use() as db:
            db.execute(
                "INSERT INTO secrets VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
                (tenant_id, role, sealed),
            )


class SqliteEvents:
    """Port `Events`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def add(self, record: EventRecord) -> Stored | None:
        """Create the record; the primary key is the lock."""
        with self._file.use() as db:
            added = db.execute(
                "INSERT INTO events (tenant_id, key, revision, received_at, status, due_at, doc)"
                " VALUES (?, ?, 1, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (record.tenant_id, record.key, *_columns(record)),
            ).rowcount
        return Stored(record, "1") if added else None

    def find(self, tenant_id: str, key: str) -> Stored | None:
        """Return the tenant's record under this key."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT doc, revision FROM events WHERE tenant_id = ? AND key = ?", (tenant_id, key)
            ).fetchone()
        return _stored(row) if row else None

    def replace(self, stored: Stored, record: EventRecord) -> Stored | None:
        """Write the record over `stored` if nobody else has written since."""
        revision = int(stored.revision)
        with self._file.use() as db:
            written = db.execute(
                "UPDATE events SET revision = ?, received_at = ?, status = ?, due_at = ?, doc = ?"
                " WHERE tenant_id = ? AND key = ? AND revision = ?",
                (
                    revision + 1,
                    *_columns(record),
                    stored.record.tenant_id,
                    stored.record.key,
                    revision,
                ),
            ).rowcount
        return Stored(record, str(revision + 1)) if written else None

    def due(self, *, now: datetime, limit: int) -> Sequence[Stored]:
        """Return records of any tenant whose `due_at` has come, the most overdue first."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT doc, revision FROM events WHERE due_at <= ? ORDER BY due_at LIMIT ?",
                (stamp(now), limit),
            ).fetchall()
        return list(_readable(rows))

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[Stored]:
        """Return the tenant's records that are not cleared, newest first by receipt."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT doc, revision FROM events WHERE tenant_id = ? AND received_at IS NOT NULL"
                " ORDER BY received_at DESC, key DESC LIMIT ?",
                (tenant_id, limit),
            ).fetchall()
        return list(_readable(rows))

    def held(self, tenant_id: str, *, limit: int) -> Sequence[Stored]:
        """Return the tenant's records that show "held", the oldest first."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT doc, revision FROM events WHERE tenant_id = ? AND status = ?"
                " AND received_at IS NOT NULL ORDER BY received_at LIMIT ?",
                (tenant_id, Status.HELD, limit),
            ).fetchall()
        return list(_readable(rows))

    def count(self, tenant_id: str) -> Mapping[Status, int]:
        """Return how many of the tenant's records that are not cleared show each status."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT status, COUNT(*) FROM events"
                " WHERE tenant_id = ? AND received_at IS NOT NULL GROUP BY status",
                (tenant_id,),
            ).fetchall()
        return {Status(status): number for status, number in rows}

    def ping(self) -> None:
        """Return if the file answers."""
        with self._file.use() as db:
            db.execute("SELECT 1 FROM tenants LIMIT 1").fetchone()


def _columns(record: EventRecord) -> tuple[str | bytes | None, ...]:
    # A cleared record has no place in the log, so it has no time to be sorted by.
    received_at = None if record.cleared else stamp(record.received_at)
    return received_at, record.status, stamp(record.due_at), msgspec.json.encode(record)


def _readable(rows: Sequence[tuple[bytes, int]]) -> Iterator[Stored]:
    # A row of a newer version, left by a rollback, must not stop the sweep of all the others.
    for row in rows:
        with suppress(msgspec.ValidationError):
            yield _stored(row)


def _stored(row: tuple[bytes, int]) -> Stored:
    doc, revision = row
    return Stored(msgspec.json.decode(doc, type=EventRecord), str(revision))


def stamp(at: datetime | None) -> str | None:
    """Return the time as this file's columns hold it."""
    # A fixed width in UTC, so that text sorts as time.
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else None
