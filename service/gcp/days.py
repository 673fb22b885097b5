"""Daily records in Firestore: `tenants/{tenantId}/days/{yyyy-mm-dd}`."""

from collections.abc import Callable, Sequence
from datetime import date

from service.domain.figures.daily_record import DailyRecord
from service.gcp import queries
from service.gcp.document_store import Documents
from service.gcp.queries import DAYS, TENANTS, Query
from service.infra.daily_documents import changed_day, readable_days
from service.ports import StoreUnavailableError

_AT_A_TIME = 300
_SWAPS = 20
"""How often a compare-and-swap is tried while others write the same document."""


class FirestoreDays:
    """Port `Days`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def update(
        self, tenant_id: str, day: date, change: Callable[[DailyRecord], DailyRecord]
    ) -> DailyRecord:
        """Apply the change to the day's present record, or to a new one."""
        path = (TENANTS, tenant_id, DAYS, str(day))
        for _ in range(_SWAPS):
            found = self._documents.get(path)
            after, doc = changed_day(found.fields["doc"] if found else None, day, change)
            if doc is None:
                return after
            fields = {"day": str(day), "doc": doc.decode()}
            if found is None:
                is_written = self._documents.create(path, fields)
            else:
                is_written = self._documents.replace(path, fields, revision=found.revision)
            if is_written:
                return after
        raise StoreUnavailableError("others write this day all the time")

    def since(self, tenant_id: str, day: date) -> Sequence[DailyRecord]:
        """Return the tenant's records of this day and later ones, oldest first."""
        found = self._documents.find(queries.days_since(tenant_id, str(day)))
        return readable_days(each.fields["doc"] for each in found)

    def drop_before(self, tenant_id: str, day: date) -> None:
        """Delete the tenant's records of the days before this one."""
        self._drop(queries.days_before(tenant_id, str(day), limit=_AT_A_TIME))

    def drop_all(self, tenant_id: str) -> None:
        """Delete the tenant's records."""
        self._drop(queries.days_of(tenant_id, limit=_AT_A_TIME))

    def _drop(self, query: Query) -> None:
        while batch := self._documents.find(query):
            self._documents.delete([each.path for each in batch])
