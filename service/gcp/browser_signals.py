"""Browser signals in Firestore: `tenants/{tenantId}/signals/{key}`.

`tenants/{tenantId}/origins/refused` holds the sites whose signals were refused.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from service.domain.tenants.refused_origins import RefusedOrigin
from service.gcp import queries
from service.gcp.document_store import Documents, Path
from service.gcp.queries import ORIGINS, SIGNALS, TENANTS
from service.infra.json_documents import decode_known

_AT_A_TIME = 300
_REFUSED = "refused"


class FirestoreBrowserSignals:
    """Port `BrowserSignals`.

    Firestore deletes expired documents up to a day late, so `find` checks the time itself.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def keep(self, tenant_id: str, key: str, sealed: str, *, expires_at: datetime) -> None:
        """Create or overwrite the signal."""
        fields = {"sealed": sealed, "expires_at": expires_at}
        self._documents.merge((TENANTS, tenant_id, SIGNALS, key), fields)

    def find(self, tenant_id: str, key: str, *, now: datetime) -> str | None:
        """Return the sealed signal, unless it has expired."""
        found = self._documents.get((TENANTS, tenant_id, SIGNALS, key))
        if found is None or found.fields["expires_at"] <= now:
            return None
        return str(found.fields["sealed"])

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete expired signals of any tenant, the oldest first, and return how many."""
        expired = self._documents.find(queries.signals_expired(now=now, limit=limit))
        self._documents.delete([each.path for each in expired])
        return len(expired)

    def refused_origins(self, tenant_id: str) -> Sequence[RefusedOrigin]:
        """Return the sites whose signals were refused."""
        found = self._documents.get(_origins(tenant_id))
        text = found.fields["doc"] if found else "[]"
        return decode_known(text, tuple[RefusedOrigin, ...])

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
