"""Ports to what the store keeps of a winery over time: reports of quality, and daily records."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from service.domain.figures.daily_record import DailyRecord
from service.domain.figures.quality import QualityReport
from service.domain.tenants.tenant import Role


class QualityReports(Protocol):
    """The last report of each role's pixel. Every method may raise StoreUnavailableError."""

    def find(self, tenant_id: str, role: Role) -> QualityReport | None:
        """Return the role's report; `None` also for one that this release cannot read."""
        ...

    def replace(
        self, tenant_id: str, role: Role, report: QualityReport, *, over: QualityReport | None
    ) -> bool:
        """Write the report if the stored one is still `over`; tell whether it was.

        `over` is `None` where `find` returns `None`.
        """
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every report of the tenant."""
        ...


class Days(Protocol):
    """One small record for each day of a tenant. Every method may raise StoreUnavailableError."""

    def update(
        self, tenant_id: str, day: date, change: Callable[[DailyRecord], DailyRecord]
    ) -> DailyRecord:
        """Apply the change to the day's present record, or to a new one, by compare-and-swap.

        Return the record as it is then. A change that returns the same record writes nothing. It
        must be pure: it is called again when another process wrote first.
        """
        ...

    def since(self, tenant_id: str, day: date) -> Sequence[DailyRecord]:
        """Return the tenant's records of this day and later ones, oldest first."""
        ...

    def drop_before(self, tenant_id: str, day: date) -> None:
        """Delete the tenant's records of the days before this one."""
        ...

    def drop_all(self, tenant_id: str) -> None:
        """Delete every record of the tenant."""
        ...
