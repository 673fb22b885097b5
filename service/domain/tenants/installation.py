"""Whether a winery has our app installed.

An install call without the app's login is unproven, and so is every uninstall call. The proof is
an access check: whether Commerce7 accepts our API key for that winery.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.events.reason import Reason

FIRST_CHECK_PAUSE = timedelta(seconds=15)
LONGEST_CHECK_PAUSE = timedelta(hours=1)
DOUBTED_CHECKS = 5
"""How many access checks follow a reported uninstall before it is dropped: within half an hour."""


class InstallState(StrEnum):
    """The state of an installation."""

    PENDING = "pending"
    ACTIVE = "active"
    HELD = "held"
    REMOVED = "removed"


class Access(StrEnum):
    """Commerce7's answer to our API key for a winery."""

    GRANTED = "granted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An installation; one without any install call (an operator set it up) is active.

    `check_at` is when access is checked next, if at all, and `checks` counts the checks so far. It
    `is_leaving` if an uninstall is the reason for the checks. A removed winery `is_leaving` while
    its tokens and queue are still to be cleared out, at `check_at`. At `purge_at` all data of the
    winery is deleted.
    """

    state: InstallState = InstallState.ACTIVE
    is_leaving: bool = False
    check_at: datetime | None = None
    checks: int = 0
    purge_at: datetime | None = None

    @property
    def is_installed(self) -> bool:
        """Tell whether signals are accepted; while `HELD` their events wait."""
        return self.state in {InstallState.ACTIVE, InstallState.HELD}

    @property
    def is_being_proven(self) -> bool:
        """Tell whether an install was reported that Commerce7 has still to confirm."""
        return not self.is_installed and not self.is_leaving and self.check_at is not None

    @property
    def doubt(self) -> Reason | None:
        """Return why events wait for Commerce7's answer about it; `None` if they need not."""
        if self.is_being_proven:
            return Reason.INSTALL_UNCONFIRMED
        return Reason.UNINSTALL_REPORTED if self.state is InstallState.HELD else None

    @property
    def is_to_be_cleared_out(self) -> bool:
        """Tell whether the winery left, and its tokens and queue may still exist."""
        return self.state is InstallState.REMOVED and self.is_leaving

    @property
    def due_at(self) -> datetime | None:
        """Return when its next check, clear-out or purge is due."""
        return min((at for at in (self.check_at, self.purge_at) if at), default=None)


def install_reported(
    known: Installation | None, *, is_proven: bool, now: datetime, grace: timedelta
) -> Installation:
    """Return the installation after an install was reported.

    A winery that is installed stays installed. An unproven install is deleted after the time of
    `grace`, unless Commerce7 grants us access before.
    """
    if is_proven:
        return Installation()
    if known is None:
        return Installation(state=InstallState.PENDING, check_at=now, purge_at=now + grace)
    if known.state is InstallState.ACTIVE:
        return known
    is_leaving = known.is_leaving and known.is_installed
    return replace(known, is_leaving=is_leaving, check_at=now, checks=0)


def cleared_out(known: Installation) -> Installation:
    """Return a removed installation after its clear-out: only settings and log are left."""
    return replace(known, is_leaving=False, check_at=None)


def uninstall_reported(known: Installation, *, now: datetime) -> Installation:
    """Return the installation after an uninstall was reported: access is to be checked."""
    if not known.is_installed:
        return known
    return replace(known, is_leaving=True, check_at=now, checks=0)


def checked(
    known: Installation, access: Access, *, now: datetime, grace: timedelta
) -> Installation:
    """Return the installation after an access check."""
    match access:
        case Access.GRANTED:
            return _granted(known, now=now)
        case _ if known.check_at is None and not known.is_installed:
            return known  # the dashboard of a removed winery was opened
        case Access.REFUSED:
            return _refused(known, now=now, grace=grace)
        case Access.UNKNOWN:
            held = known.is_leaving and known.is_installed
            state = InstallState.HELD if held else known.state
            return replace(_checked_again(known, now=now), state=state)


def _granted(known: Installation, *, now: datetime) -> Installation:
    # An uninstall may be reported a moment before it takes effect: check again before dropping it.
    if known.is_leaving and known.checks + 1 < DOUBTED_CHECKS:
        return replace(_checked_again(known, now=now), state=InstallState.ACTIVE)
    return Installation()


def _refused(known: Installation, *, now: datetime, grace: timedelta) -> Installation:
    if known.is_installed:
        return Installation(
            state=InstallState.REMOVED, is_leaving=True, check_at=now, purge_at=now + grace
        )
    return _checked_again(known, now=now)


def _checked_again(known: Installation, *, now: datetime) -> Installation:
    pause = min(FIRST_CHECK_PAUSE * 2 ** min(known.checks * 2, 16), LONGEST_CHECK_PAUSE)
    return replace(known, check_at=now + pause, checks=known.checks + 1)
