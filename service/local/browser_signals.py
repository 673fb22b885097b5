"""Browser signals in the SQLite file."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from service.domain.tenants.refused_origins import RefusedOrigin
from service.infra.json_documents import decode_known
from service.local.file import SqliteFile, stamp


class SqliteBrowserSignals:
    """Port `BrowserSignals`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def keep(self, tenant_id: str, key: str, sealed: str, *, expires_at: datetime) -> None:
        """Create or overwrite the signal."""
        with self._file.use() as db:
            db.execute(
                "INSERT INTO signals VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET expires_at = excluded.expires_at, sealed = excluded.sealed",
                (tenant_id, key, stamp(expires_at), sealed),
            )

    def find(self, tenant_id: str, key: str, *, now: datetime) -> str | None:
        """Return the sealed signal, unless it has expired."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT sealed FROM signals WHERE tenant_id = ? AND key = ? AND expires_at > ?",
                (tenant_id, key, stamp(now)),
            ).fetchone()
        return str(row[0]) if row else None

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete expired signals of any tenant, the oldest first, and return how many."""
        with self._file.use() as db:
            return db.execute(
                "DELETE FROM signals WHERE (tenant_id, key) IN"
                " (SELECT tenant_id, key FROM signals WHERE expires_at <= ?"
                " ORDER BY expires_at LIMIT ?)",
                (stamp(now), limit),
            ).rowcount

    def refused_origins(self, tenant_id: str) -> Sequence[RefusedOrigin]:
        """Return the sites whose signals were refused."""
        with self._file.use() as db:
            row = db.execute("SELECT doc FROM origins WHERE tenant_id = ?", (tenant_id,)).fetchone()
        return decode_known(row[0], tuple[RefusedOrigin, ...]) if row else ()

    def save_refused_origins(self, tenant_id: str, origins: Sequence[RefusedOrigin]) -> None:
        """Overwrite the sites whose signals were refused."""
        with self._file.use() as db:
            db.execute(
                "INSERT INTO origins VALUES (?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc",
                (tenant_id, msgspec.json.encode(origins)),
            )

    def drop_all(self, tenant_id: str) -> None:
        """Delete every signal of the tenant, and the sites whose signals were refused."""
        with self._file.use() as db:
            db.execute("DELETE FROM origins WHERE tenant_id = ?", (tenant_id,))
            db.execute("DELETE FROM signals WHERE tenant_id = ?", (tenant_id,))
