"""The audit trail in Firestore: `tenants/{tenantId}/audit/{id}`."""

from collections.abc import Callable, Sequence

import msgspec

from service.domain.tenants.audit import AuditEntry
from service.gcp import queries
from service.gcp.document_store import Documents
from service.gcp.queries import AUDIT, TENANTS
from service.infra.json_documents import DocumentReader

_ENTRY = DocumentReader(AuditEntry)
_AT_A_TIME = 300


class FirestoreAudit:
    """Port `Audit`."""

    def __init__(self, documents: Documents, *, new_id: Callable[[], str]) -> None:
        self._documents = documents
        self._new_id = new_id

    def add(self, tenant_id: str, entry: AuditEntry) -> None:
        """Store the entry."""
        fields = {"doc": msgspec.json.encode(entry).decode(), "at": entry.at}
        self._documents.create((TENANTS, tenant_id, AUDIT, self._new_id()), fields)

    def newest(self, tenant_id: str, *, limit: int) -> Sequence[AuditEntry]:
        """Return the tenant's entries, newest first."""
        found = self._documents.find(queries.audit_newest(tenant_id, limit=limit))
        return [_ENTRY.read(each.fields["doc"]) for each in found]

    def drop_all(self, tenant_id: str) -> None:
        """Delete every entry of the tenant."""
        while batch := self._documents.find(queries.audit_newest(tenant_id, limit=_AT_A_TIME)):
            self._documents.delete([each.path for each in batch])
