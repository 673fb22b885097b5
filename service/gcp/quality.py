"""Reports of quality in Firestore: `tenants/{tenantId}/quality/{role}`."""

from service.domain.figures.quality import QualityReport
from service.domain.tenants.tenant import Role
from service.gcp.document_store import Documents, Found, Path
from service.gcp.queries import QUALITY, TENANTS
from service.infra.json_documents import DocumentReader, UnreadableDocumentError, encode

_REPORT = DocumentReader(QualityReport)


class FirestoreQualityReports:
    """Port `QualityReports`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def find(self, tenant_id: str, role: Role) -> QualityReport | None:
        """Return the role's report."""
        return _report(self._documents.get(_path(tenant_id, role)))

    def replace(
        self, tenant_id: str, role: Role, report: QualityReport, *, over: QualityReport | None
    ) -> bool:
        """Write the report if the stored one still equals `over`; return whether it was written."""
        path, fields = _path(tenant_id, role), {"doc": encode(report).decode()}
        found = self._documents.get(path)
        if _report(found) != over:
            return False
        if found is None:
            return self._documents.create(path, fields) is not None
        return self._documents.replace(path, fields, revision=found.revision) is not None

    def drop_all(self, tenant_id: str) -> None:
        """Delete the tenant's reports."""
        self._documents.delete([_path(tenant_id, role) for role in Role])


def _path(tenant_id: str, role: Role) -> Path:
    return (TENANTS, tenant_id, QUALITY, role)


def _report(found: Found | None) -> QualityReport | None:
    try:
        return _REPORT.read_known(found.fields.get("doc", "")) if found else None
    except UnreadableDocumentError:
        return None  # a newer release's report, left by a rollback: it is asked for again
