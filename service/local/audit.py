"""The audit trail in the SQLite file."""

from collections.abc import Sequence

import msgspec

from service.domain.tenants.audit import AuditEntry
from service.infra.json_documents import DocumentReader
from service.local.file import SqliteFile

_ENTRY = DocumentReader(AuditEntry)


class SqliteAudit:
    """Port `Audit`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def add(self, tenant_id: str, entry: AuditEntry) -> None:
        """Store the entry."""
        statement = "INSERT INTO audit (tenant_id, doc) VALUES (?, ?)"
        values = (tenant_id, msgspec.json.encode(entry))
        self._file.change(lambda db: db.execute(statement, values))

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[AuditEntry]:
        """Return the tenant's entries, newest first."""
        with self._file.read() as db:
            rows = db.execute(
                "SELECT doc FROM audit WHERE tenant_id = ? ORDER BY id DESC LIMIT ?",
                (tenant_id, limit),
            ).fetchall()
        return [_ENTRY.read(doc) for (doc,) in rows]

    def drop_all(self, tenant_id: str) -> None:
        """Delete every entry of the tenant."""
        self._file.change(
            lambda db: db.execute("DELETE FROM audit WHERE tenant_id = ?", (tenant_id,))
        )
