"""Browser signals in Firestore: `tenants/{tenantId}/signals/{key}`.

`tenants/{tenantId}/origins/refused` holds the sites whose signals were refused.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import msgspec

from service.domain.tenants.refused_origins import RefusedOrigin
from service.gcp import queries
from service.gcp.document_store import Documents, Path
from service.gcp.queries import ORIGINS, SIGNALS, TENANTS
from service.infra.json_documents import DocumentReader
from service.ports import SealedSignal

_ORIGINS = DocumentReader(tuple[RefusedOrigin, ...])
_AT_A_TIME = 300
_REFUSED = "refused"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class FirestoreBrowserSignals:
    """Port `BrowserSignals`.

    Firestore deletes expired documents up to a day late, so `find` asks for the others alone.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def keep(self, tenant_id: str, signal: SealedSignal) -> None:
        """Create or overwrite the signal."""
        fields = {
            "sealed": signal.sealed,
            "marks": list(signal.marks),
            "expires_at": signal.expires_at,
        }
        self._documents.merge((TENANTS, tenant_id, SIGNALS, signal.key), fields)

    def find(
        self, tenant_id: str, marks: Collection[str], *, now: datetime, limit: int
    ) -> Sequence[SealedSignal]:
        """Return the tenant's signals with any of these marks that have not expired."""
        if not marks:
            return []
        asked = queries.signals_marked(tenant_id, marks, now=now, limit=limit)
        return [
            SealedSignal(
                key=each.path[-1],
                marks=tuple(each.fields["marks"]),
                sealed=str(each.fields["sealed"]),
                expires_at=each.fields["expires_at"],
            )
            for each in self._documents.find(asked)
        ]

    def drop(self, tenant_id: str, marks: Collection[str]) -> int:
        """Delete the tenant's signals with any of these marks, and return how many."""
        dropped = 0
        while marks:
            asked = queries.signals_marked(tenant_id, marks, now=_LONG_AGO, limit=_AT_A_TIME)
            paths = [each.path for each in self._documents.find(asked)]
            if not paths:
                break
            self._documents.delete(paths)
            dropped += len(paths)
        return dropped

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete expired signals of any tenant, the oldest first, and return how many."""
        expired = self._documents.find(queries.signals_expired(now=now, limit=limit))
        self._documents.delete([each.path for each in expired])
        return len(expired)

    def refused_origins(self, tenant_id: str) -> Sequence[RefusedOrigin]:
        """Return the sites whose signals were refused."""
        found = self._documents.get(_origins(tenant_id))
        text = found.fields["doc"] if found else "[]"
        return _ORIGINS.read_known(text)

    def save_refused_origins(self, tenant_id: str, origins: Sequence[RefusedOrigin]) -> None:
        """Overwrite the sites whose signals were refused."""
        doc = msgspec.json.encode(origins).decode()
        self._documents.merge(_origins(tenant_id), {"doc": doc})

    def drop_all(self, tenant_id: str) -> None:
        """Delete every signal of the tenant, and the sites whose signals were refused."""
        self._documents.delete([_origins(tenant_id)])
        while batch := self._documents.find(queries.signals_of(tenant_id, limit=_AT_A_TIME)):
            self._documents.delete([each.path for each in batch])


def _origins(tenant_id: str) -> Path:
    return (TENANTS, tenant_id, ORIGINS, _REFUSED)
