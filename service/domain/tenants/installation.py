"""Whether a winery has our app installed, as far as we can know.

Neither the install nor the uninstall call proves who sent it. What proves it is whether Commerce7
lets us in with our own key for that winery.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_CHECK_PAUSE = timedelta(seconds=15)
LONGEST_CHECK_PAUSE = timedelta(hours=1)
DOUBTED_CHECKS = 5
"""How often we look after an uninstall that Commerce7 does not confirm: within half an hour."""


class InstallState(StrEnum):
    """How an installation stands."""

    PENDING = "pending"
    ACTIVE = "active"
    HELD = "held"
    REMOVED = "removed"


class Access(StrEnum):
    """What Commerce7 says when we come with our own key for a winery."""

    GRANTED = "granted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """An installation; what nobody told us of (an operator set it up) is active.

    While there is a `check_at`, Commerce7 is to be asked then whether it lets us in; `checks`
    counts how often it was, and `is_leaving` tells that an uninstall is the reason. Of a removed
    winery `is_leaving` tells that tokens and queue are still to be cleared out, at `check_at`. At
    `purge_at` everything of the winery is forgotten.
    """

    state: InstallState = InstallState.ACTIVE
    is_leaving: bool = False
    check_at: datetime | None = None
    checks: int = 0
    purge_at: datetime | None = None

    @property
    def is_installed(self) -> bool:
        """Tell whether signals are taken in; while `HELD` they wait."""
        return self.state in {InstallState.ACTIVE, InstallState.HELD}

    @property
    def is_to_be_cleared_out(self) -> bool:
        """Tell whether the winery left, and its tokens and queue may still be there."""
        return self.state is InstallState.REMOVED and self.is_leaving

    @property
    def due_at(self) -> datetime | None:
        """Return when there is something to do for it next."""
        return min((at for at in (self.check_at, self.purge_at) if at), default=None)


def install_reported(
    known: Installation | None, *, is_proven: bool, now: datetime, grace: timedelta
) -> Installation:
    """Return the installation after Commerce7, or somebody in its name, told of an install.

    What is installed stays so, whoever says it again. An install that nobody proved is forgotten
    after the time of `grace`, unless Commerce7 lets us in before.
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
    """Return a removed installation of which nothing but settings and log is left."""
    return replace(known, is_leaving=False, check_at=None)


def uninstall_reported(known: Installation, *, now: datetime) -> Installation:
    """Return the installation after somebody told of an uninstall: to be asked about."""
    if not known.is_installed:
        return known
    return replace(known, is_leaving=True, check_at=now, checks=0)


def checked(
    known: Installation, access: Access, *, now: datetime, grace: timedelta
) -> Installation:
    """Return the installation after Commerce7 was asked."""
    match access:
        case Access.GRANTED:
            return _let_in(known, now=now)
        case _ if known.check_at is None and not known.is_installed:
            return known  # somebody asked at the door of a winery that is known to have left
        case Access.REFUSED:
            return _locked_out(known, now=now, grace=grace)
        case Access.UNKNOWN:
            held = known.is_leaving and known.is_installed
            state = InstallState.HELD if held else known.state
            return replace(_checked_again(known, now=now), state=state)


def _let_in(known: Installation, *, now: datetime) -> Installation:
    # An uninstall may be told a moment before it takes effect: look again before it is forgotten.
    if known.is_leaving and known.checks + 1 < DOUBTED_CHECKS:
        return replace(_checked_again(known, now=now), state=InstallState.ACTIVE)
    return Installation()


def _locked_out(known: Installation, *, now: datetime, grace: timedelta) -> Installation:
    if known.is_installed:
        return Installation(
            state=InstallState.REMOVED, is_leaving=True, check_at=now, purge_at=now + grace
        )
    return _checked_again(known, now=now)


def _checked_again(known: Installation, *, now: datetime) -> Installation:
    pause = min(FIRST_CHECK_PAUSE * 2 ** min(known.checks * 2, 16), LONGEST_CHECK_PAUSE)
    return replace(known, check_at=now + pause, checks=known.checks + 1)
