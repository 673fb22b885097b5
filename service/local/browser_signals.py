"""Browser signals in the SQLite file."""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from service.domain.tenants.refused_origins import RefusedOrigin
from service.infra.json_documents import DocumentReader
from service.local.file import SqliteFile, stamp
from service.ports import SealedSignal

_MARKS = msgspec.json.Decoder(list[str])
_ORIGINS = DocumentReader(tuple[RefusedOrigin, ...])


class SqliteBrowserSignals:
    """Port `BrowserSignals`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def keep(self, tenant_id: str, signal: SealedSignal) -> None:
        """Create or overwrite the signal."""

        def work(db: sqlite3.Connection) -> None:
            db.execute(
                "INSERT INTO signals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET expires_at = excluded.expires_at, sealed = excluded.sealed",
                (tenant_id, signal.key, stamp(signal.expires_at), signal.sealed),
            )
            db.execute(
                "DELETE FROM signal_marks WHERE tenant_id = ? AND key = ?", (tenant_id, signal.key)
            )
            db.executemany(
                "INSERT OR IGNORE INTO signal_marks VALUES (?, ?, ?)",
                [(tenant_id, mark, signal.key) for mark in signal.marks],
            )

        self._file.change(work)

    def find(
        self, tenant_id: str, marks: Collection[str], *, now: datetime, limit: int
    ) -> Sequence[SealedSignal]:
        """Return the tenant's signals with any of these marks that have not expired."""
        with self._file.read() as db:
            rows = db.execute(
                "SELECT key, sealed, expires_at, (SELECT json_group_array(mark) FROM signal_marks"
                " WHERE tenant_id = signals.tenant_id AND key = signals.key) FROM signals"
                " WHERE tenant_id = ? AND expires_at > ? AND key IN"
                " (SELECT key FROM signal_marks WHERE tenant_id = ?"
                " AND mark IN (SELECT value FROM json_each(?))) LIMIT ?",
                (tenant_id, stamp(now), tenant_id, _json(marks), limit),
            ).fetchall()
        return [
            SealedSignal(
                key=key,
                sealed=sealed,
                expires_at=datetime.fromisoformat(expires_at),
                marks=tuple(_MARKS.decode(stored)),
            )
            for key, sealed, expires_at, stored in rows
        ]

    def drop(self, tenant_id: str, marks: Collection[str]) -> int:
        """Delete the tenant's signals with any of these marks, and return how many."""

        def work(db: sqlite3.Connection) -> int:
            dropped = db.execute(
                "DELETE FROM signals WHERE tenant_id = ? AND key IN"
                " (SELECT key FROM signal_marks WHERE tenant_id = ?"
                " AND mark IN (SELECT value FROM json_each(?)))",
                (tenant_id, tenant_id, _json(marks)),
            ).rowcount
            _drop_lone_marks(db)
            return dropped

        return self._file.change(work)

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete expired signals of any tenant, the oldest first, and return how many."""

        def work(db: sqlite3.Connection) -> int:
            dropped = db.execute(
                "DELETE FROM signals WHERE (tenant_id, key) IN"
                " (SELECT tenant_id, key FROM signals WHERE expires_at <= ?"
                " ORDER BY expires_at LIMIT ?)",
                (stamp(now), limit),
            ).rowcount
            if dropped:
                _drop_lone_marks(db)
            return dropped

        return self._file.change(work)

    def refused_origins(self, tenant_id: str) -> Sequence[RefusedOrigin]:
        """Return the sites whose signals were refused."""
        with self._file.read() as db:
            row = db.execute("SELECT doc FROM origins WHERE tenant_id = ?", (tenant_id,)).fetchone()
        return _ORIGINS.read_known(row[0]) if row else ()

    def save_refused_origins(self, tenant_id: str, origins: Sequence[RefusedOrigin]) -> None:
        """Overwrite the sites whose signals were refused."""
        statement = "INSERT INTO origins VALUES (?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc"
        values = (tenant_id, msgspec.json.encode(origins))
        self._file.change(lambda db: db.execute(statement, values))

    def drop_all(self, tenant_id: str) -> None:
        """Delete every signal of the tenant, and the sites whose signals were refused."""

        def work(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM origins WHERE tenant_id = ?", (tenant_id,))
            db.execute("DELETE FROM signals WHERE tenant_id = ?", (tenant_id,))
            db.execute("DELETE FROM signal_marks WHERE tenant_id = ?", (tenant_id,))

        self._file.change(work)


def _json(marks: Collection[str]) -> str:
    return msgspec.json.encode(list(marks)).decode()


def _drop_lone_marks(db: sqlite3.Connection) -> None:
    db.execute(
        "DELETE FROM signal_marks WHERE NOT EXISTS (SELECT 1 FROM signals"
        " WHERE signals.tenant_id = signal_marks.tenant_id AND signals.key = signal_marks.key)"
    )
