"""A staff member's session at the dashboard."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.domain.shop.staff import StaffMember

SESSION_FOR = timedelta(minutes=15)
"""How long a session is valid before Commerce7 must confirm the staff member again."""

SESSION_LIFE = timedelta(hours=8)
"""How long it can be renewed before the dashboard must be opened from Commerce7 again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A staff member's access to one winery; `opened_at` is when the dashboard was opened."""

    tenant_id: str
    staff: StaffMember
    opened_at: datetime
    expires_at: datetime

    def holds(self, now: datetime) -> bool:
        """Tell whether the session is valid."""
        return self.opened_at <= now < self.expires_at

    def is_renewable(self, now: datetime) -> bool:
        """Tell whether it may be renewed, even after it expired: a laptop may have slept."""
        return self.opened_at <= now < self.opened_at + SESSION_LIFE

    def renewed(self, staff: StaffMember, *, now: datetime) -> "Session":
        """Return the session extended from now, with the staff member's present name and role."""
        ends_at = self.opened_at + SESSION_LIFE
        return replace(self, staff=staff, expires_at=min(now + SESSION_FOR, ends_at))


def opened(tenant_id: str, staff: StaffMember, *, now: datetime) -> Session:
    """Return a new session."""
    return Session(tenant_id=tenant_id, staff=staff, opened_at=now, expires_at=now + SESSION_FOR)
