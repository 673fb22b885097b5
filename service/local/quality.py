"""Reports of quality in the SQLite file."""

import sqlite3

from service.domain.figures.quality import QualityReport
from service.domain.tenants.tenant import Role
from service.infra.json_documents import DocumentReader, UnreadableDocumentError, encode
from service.local.file import SqliteFile

_REPORT = DocumentReader(QualityReport)


class SqliteQualityReports:
    """Port `QualityReports`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def find(self, tenant_id: str, role: Role) -> QualityReport | None:
        """Return the role's report."""
        with self._file.read() as db:
            return _report(db, tenant_id, role)

    def replace(
        self, tenant_id: str, role: Role, report: QualityReport, *, over: QualityReport | None
    ) -> bool:
        """Write the report if the stored one still equals `over`; return whether it was written."""

        def work(db: sqlite3.Connection) -> bool:
            if _report(db, tenant_id, role) != over:
                return False
            db.execute(
                "INSERT INTO quality VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc",
                (tenant_id, role, encode(report)),
            )
            return True

        return self._file.change(work)

    def drop_all(self, tenant_id: str) -> None:
        """Delete the tenant's reports."""
        self._file.change(
            lambda db: db.execute("DELETE FROM quality WHERE tenant_id = ?", (tenant_id,))
        )


def _report(db: sqlite3.Connection, tenant_id: str, role: Role) -> QualityReport | None:
    row = db.execute(
        "SELECT doc FROM quality WHERE tenant_id = ? AND role = ?", (tenant_id, role)
    ).fetchone()
    try:
        return _REPORT.read_known(row[0]) if row else None
    except UnreadableDocumentError:
        return None  # a newer release's report, left by a rollback: it is asked for again
