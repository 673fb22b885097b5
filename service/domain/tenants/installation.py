"""Whether a winery has our app installed.

An install call without the app's login is unproven, and so is every uninstall call. The proof is
an access check: whether Commerce7 accepts our API key for that winery.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.reason import Reason

FIRST_CHECK_PAUSE = timedelta(seconds=15)
LONGEST_CHECK_PAUSE = timedelta(hours=1)
DOUBTED_CHECKS = 5
"""How many access checks follow a reported uninstall before it is dropped: within half an hour."""

REPEATED_REPORT_PAUSE = timedelta(minutes=1)
"""How soon a repeated report is checked. However many come, that is one check a minute."""

REFUSED_PAUSE = timedelta(minutes=10)
"""How long a refusal of an unproven install stands. After the second one it is given up."""


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


class Installation(Struct, frozen=True, kw_only=True):
    """An installation; one without any install call (an operator set it up) is active.

    `check_at` is when access is checked next, if at all, and `checks` counts the checks since the
    report. It `is_leaving` if an uninstall is the reason for the checks, and `is_reported_again` if
    that was repeated since the last of them. A removed winery `is_leaving` while its tokens and
    queue are still to be cleared out, at `check_at`. `refused_at` is when Commerce7 refused us
    while an install was being proven. At `purge_at` all data of the winery is deleted.
    """

    state: InstallState = InstallState.ACTIVE
    is_leaving: bool = False
    check_at: datetime | None = None
    checks: int = 0
    purge_at: datetime | None = None
    is_reported_again: bool = False
    refused_at: datetime | None = None

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
    def is_given_up(self) -> bool:
        """Tell whether an install was reported that Commerce7 did not confirm: purge it."""
        return self.state is InstallState.PENDING and self.check_at is None

    @property
    def due_at(self) -> datetime | None:
        """Return when its next check, clear-out or purge is due."""
        return min((at for at in (self.check_at, self.purge_at) if at), default=None)

    @property
    def unproven_until(self) -> datetime | None:
        """Return when a winery is purged that never had us; `None` for all others."""
        return self.purge_at if self.state is InstallState.PENDING else None

    def is_asked_as(self, other: "Installation") -> bool:
        """Tell whether an answer to the other's access check answers this one's, too.

        A report that was repeated while Commerce7 was being asked changes only how the answer is
        taken.
        """
        return replace(self, is_reported_again=False) == replace(other, is_reported_again=False)


def install_reported(
    known: Installation | None,
    *,
    is_proven: bool,
    now: datetime,
    grace: timedelta,
    refused_at: datetime | None = None,
) -> Installation:
    """Return the installation after an install was reported.

    A winery that is installed stays installed. An unproven install is deleted after the time of
    `grace`, unless Commerce7 grants us access before. A repeated one changes nothing while it is
    being proven. `refused_at` is when Commerce7 refused us for an unknown winery, if remembered.
    """
    if is_proven:
        return Installation()
    if known is None or known.is_given_up:
        new = Installation(state=InstallState.PENDING, purge_at=now + grace)
        return _being_proven(new, refused_at=refused_at, now=now)
    if known.state is InstallState.HELD:
        return _reported_again(known, now=now)
    if known.is_installed or known.is_being_proven:
        return known
    return _being_proven(replace(known, is_leaving=False), refused_at=known.refused_at, now=now)


def _being_proven(
    unproven: Installation, *, refused_at: datetime | None, now: datetime
) -> Installation:
    """Return it with a check at once, or when the time of an earlier refusal is over."""
    asked_again_at = refused_at + REFUSED_PAUSE if refused_at else now
    if asked_again_at <= now:
        return replace(unproven, check_at=now, checks=0, refused_at=None)
    return replace(unproven, check_at=asked_again_at, checks=0, refused_at=refused_at)


def cleared_out(known: Installation) -> Installation:
    """Return a removed installation after its clear-out: only settings and log are left."""
    return replace(known, is_leaving=False, check_at=None)


def uninstall_reported(known: Installation, *, now: datetime) -> Installation:
    """Return the installation after an uninstall was reported: access is to be checked.

    A repeated report never begins the checks anew, so a flood of forged ones costs no more than a
    check a minute. It only sees to it that the usual checks follow the last report, too.
    """
    if not known.is_installed:
        return known
    if known.is_leaving and known.check_at is not None:
        return _reported_again(known, now=now)
    return replace(known, is_leaving=True, check_at=now, checks=0, is_reported_again=False)


def _reported_again(known: Installation, *, now: datetime) -> Installation:
    """Return it checked soon; itself if the report was repeated before since the last check."""
    if known.is_reported_again:
        return known
    soon = now + REPEATED_REPORT_PAUSE
    check_at = min(known.check_at or soon, soon)
    return replace(known, is_reported_again=True, check_at=check_at)


def postponed(known: Installation, *, until: datetime) -> Installation:
    """Return the installation after an access check for which we, or Commerce7, had no room."""
    return replace(known, check_at=until)


def checked(
    known: Installation, access: Access, *, now: datetime, grace: timedelta
) -> Installation:
    """Return the installation after an access check."""
    if not (known.is_installed or known.is_being_proven):
        return known
    match access:
        case Access.GRANTED:
            return _granted(known, now=now)
        case Access.REFUSED:
            return _refused(known, now=now, grace=grace)
        case Access.UNKNOWN:
            return _unanswered(known, now=now)


def _granted(known: Installation, *, now: datetime) -> Installation:
    if not known.is_leaving:
        return Installation()
    known = replace(known, state=InstallState.ACTIVE)
    if known.is_reported_again:
        # As after the first check of a report, but for the pause.
        return _checked_again(replace(known, checks=1), now=now)
    # An uninstall may be reported a moment before it takes effect: check again before dropping it.
    is_dropped = known.checks + 1 >= DOUBTED_CHECKS
    return Installation() if is_dropped else _checked_again(known, now=now)


def _refused(known: Installation, *, now: datetime, grace: timedelta) -> Installation:
    if known.is_installed:
        return Installation(
            state=InstallState.REMOVED, is_leaving=True, check_at=now, purge_at=now + grace
        )
    refused_at = known.refused_at or now
    if now < refused_at + REFUSED_PAUSE:
        asked_again_at = refused_at + REFUSED_PAUSE
        return replace(known, refused_at=refused_at, check_at=asked_again_at, checks=0)
    if known.state is InstallState.PENDING:
        return Installation(state=known.state, purge_at=now, refused_at=now)
    return replace(known, is_leaving=True, check_at=now, checks=0, refused_at=now)


def _unanswered(known: Installation, *, now: datetime) -> Installation:
    if known.is_leaving and known.state is InstallState.ACTIVE:
        # The pauses begin anew, so that one time-out among many checks holds up events briefly.
        known = replace(known, state=InstallState.HELD, checks=0)
    return _checked_again(known, now=now)


def _checked_again(known: Installation, *, now: datetime) -> Installation:
    pause = min(FIRST_CHECK_PAUSE * 2 ** min(known.checks * 2, 16), LONGEST_CHECK_PAUSE)
    return replace(known, check_at=now + pause, checks=known.checks + 1, is_reported_again=False)
