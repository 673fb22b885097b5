"""Jobs in Firestore: `tenants/{tenantId}/jobs/{kind}`."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from service.domain.records.job import Job, JobKind
from service.gcp import queries
from service.gcp.document_store import Documents, Found, Path
from service.gcp.queries import JOBS, TENANTS
from service.infra.json_documents import DocumentReader, UnreadableDocumentError

_JOB = DocumentReader(Job)
_AT_A_TIME = 300


class FirestoreJobs:
    """Port `Jobs`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def find(self, tenant_id: str, kind: JobKind) -> Job | None:
        """Return the tenant's last job of this kind."""
        found = self._documents.get(_path(tenant_id, kind))
        return _job(found) if found else None

    def replace(self, tenant_id: str, job: Job, *, over: Job | None) -> bool:
        """Write the job if the stored one still equals `over`; return whether it was written."""
        path = _path(tenant_id, job.kind)
        if over is None:
            return self._documents.create(path, _fields(job)) is not None
        found = self._documents.get(path)
        if found is None or _job(found) != over:
            return False
        return self._documents.replace(path, _fields(job), revision=found.revision) is not None

    def due(self, *, now: datetime, limit: int) -> Sequence[tuple[str, JobKind]]:
        """Return the due jobs of any tenant, the most overdue first."""
        found: list[tuple[str, JobKind]] = []
        for each in self._documents.find(queries.jobs_due(now=now, limit=limit)):
            with suppress(ValueError):  # a newer release's kind, left by a rollback
                found.append((each.path[1], JobKind(each.path[-1])))
        return found

    def drop_all(self, tenant_id: str) -> None:
        """Delete the tenant's jobs."""
        while batch := self._documents.find(queries.jobs_of(tenant_id, limit=_AT_A_TIME)):
            self._documents.delete([each.path for each in batch])


def _path(tenant_id: str, kind: JobKind) -> Path:
    return (TENANTS, tenant_id, JOBS, kind)


def _fields(job: Job) -> dict[str, Any]:
    return {"doc": msgspec.json.encode(job).decode(), "due_at": job.due_at}


def _job(found: Found) -> Job | None:
    try:
        return _JOB.read(found.fields.get("doc", ""))
    except UnreadableDocumentError:
        return None  # a newer release's job, left by a rollback: it waits for that release
