"""A staff member's session at the dashboard."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Struct

from service.domain.copies import replace
from service.domain.shop.staff import StaffMember

SESSION_FOR = timedelta(minutes=15)
"""How long a session is valid before Commerce7 must confirm the staff member again."""

SESSION_LIFE = timedelta(hours=8)
"""How long it can be renewed before the dashboard must be opened from Commerce7 again."""

_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class Session(Struct, frozen=True, kw_only=True):
    """A staff member's access to one winery; `opened_at` is when the dashboard was opened."""

    tenant_id: str
    staff: StaffMember
    opened_at: _Time
    expires_at: _Time

    def holds(self, now: datetime) -> bool:
        """Tell whether the session is valid."""
        return self.is_renewable(now) and now < self.expires_at

    def is_renewable(self, now: datetime) -> bool:
        """Tell whether it may be renewed, even after it expired: a laptop may have slept.

        A session of the future, or one that expires later than any that is renewed now, was not
        made by `opened` and `renewed`.
        """
        is_alive = self.opened_at <= now < self.opened_at + SESSION_LIFE
        return is_alive and self.expires_at <= now + SESSION_FOR

    def renewed(self, staff: StaffMember, *, now: datetime) -> "Session":
        """Return the session extended from now, with the staff member's present name and role."""
        ends_at = self.opened_at + SESSION_LIFE
        return replace(self, staff=staff, expires_at=min(now + SESSION_FOR, ends_at))


class SignOut(Struct, frozen=True, kw_only=True):
    """When all staff of a winery were signed out last; `None` for never."""

    at: _Time | None = None

    def ends(self, session: Session) -> bool:
        """Tell whether the session was opened before, and so is over."""
        return self.at is not None and session.opened_at < self.at


def opened(tenant_id: str, staff: StaffMember, *, now: datetime) -> Session:
    """Return a new session."""
    return Session(tenant_id=tenant_id, staff=staff, opened_at=now, expires_at=now + SESSION_FOR)
