"""Browser signals in Firestore: `tenants/{tenantId}/signals/{key}`."""

from datetime import datetime

from service.gcp import queries
from service.gcp.documents import Documents
from service.gcp.queries import SIGNALS, TENANTS

_AT_A_TIME = 300


class FirestoreSignals:
    """Port `Signals`. Firestore's own expiry comes within a day, so reading looks at the time."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def keep(self, tenant_id: str, key: str, sealed: str, *, expires_at: datetime) -> None:
        """Create or overwrite the signal."""
        fields = {"sealed": sealed, "expires_at": expires_at}
        self._documents.merge((TENANTS, tenant_id, SIGNALS, key), fields)

    def find(self, tenant_id: str, key: str, *, now: datetime) -> str | None:
        """Return the sealed signal, unless its time is over."""
        found = self._documents.get((TENANTS, tenant_id, SIGNALS, key))
        if found is None or found.fields["expires_at"] <= now:
            return None
        return str(found.fields["sealed"])

    def drop_expired(self, *, now: datetime, limit: int) -> int:
        """Delete signals of any tenant whose time is over, the oldest first."""
        expired = self._documents.find(queries.signals_expired(now=now, limit=limit))
        self._documents.delete([each.path for each in expired])
        return len(expired)

    def drop_all(self, tenant_id: str) -> None:
        """Delete every signal of the tenant."""
        while batch := self._documents.find(queries.signals_of(tenant_id, limit=_AT_A_TIME)):
            self._documents.delete([each.path for each in batch])
