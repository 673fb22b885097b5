"""Jobs in the SQLite file."""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from service.domain.records.job import Job, JobKind
from service.infra.json_documents import DocumentReader, UnreadableDocumentError
from service.local.file import SqliteFile, stamp

_JOB = DocumentReader(Job)


class SqliteJobs:
    """Port `Jobs`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def find(self, tenant_id: str, kind: JobKind) -> Job | None:
        """Return the tenant's last job of this kind."""
        with self._file.read() as db:
            row = db.execute(
                "SELECT doc FROM jobs WHERE tenant_id = ? AND kind = ?", (tenant_id, kind)
            ).fetchone()
        return _job(row[0]) if row else None

    def replace(self, tenant_id: str, job: Job, *, over: Job | None) -> bool:
        """Write the job if the stored one still equals `over`; return whether it was written."""
        doc, due_at = msgspec.json.encode(job), stamp(job.due_at)

        def work(db: sqlite3.Connection) -> bool:
            if over is None:
                written = db.execute(
                    "INSERT INTO jobs (tenant_id, kind, due_at, doc) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (tenant_id, job.kind, due_at, doc),
                ).rowcount
                return bool(written)
            row = db.execute(
                "SELECT doc FROM jobs WHERE tenant_id = ? AND kind = ?", (tenant_id, job.kind)
            ).fetchone()
            # Compared as values, since an older release may have encoded the same job differently.
            if row is None or _job(row[0]) != over:
                return False
            written = db.execute(
                "UPDATE jobs SET due_at = ?, doc = ? WHERE tenant_id = ? AND kind = ? AND doc = ?",
                (due_at, doc, tenant_id, job.kind, row[0]),
            ).rowcount
            return bool(written)

        return self._file.change(work)

    def due(self, *, now: datetime, limit: int) -> Sequence[tuple[str, JobKind]]:
        """Return the due jobs of any tenant, the most overdue first."""
        with self._file.read() as db:
            rows = db.execute(
                "SELECT tenant_id, kind FROM jobs WHERE due_at <= ? ORDER BY due_at LIMIT ?",
                (stamp(now), limit),
            ).fetchall()
        found: list[tuple[str, JobKind]] = []
        for tenant_id, kind in rows:
            with suppress(ValueError):  # a newer release's kind, left by a rollback
                found.append((tenant_id, JobKind(kind)))
        return found

    def drop_all(self, tenant_id: str) -> None:
        """Delete the tenant's jobs."""
        self._file.change(
            lambda db: db.execute("DELETE FROM jobs WHERE tenant_id = ?", (tenant_id,))
        )


def _job(doc: bytes) -> Job | None:
    try:
        return _JOB.read(doc)
    except UnreadableDocumentError:
        return None  # a newer release's job, left by a rollback: it waits for that release
