"""Installations in every state, and the steps that change them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from service.domain.copies import replace
from service.domain.tenants.installation import (
    Access,
    Installation,
    InstallState,
    checked,
    install_reported,
    uninstall_reported,
)
from tests.builders import NOW
from tests.conftest import GRACE

LATER = NOW + timedelta(hours=3)
ACTIVE = Installation()
LEAVING = Installation(is_leaving=True, check_at=NOW)
HELD = replace(LEAVING, state=InstallState.HELD, checks=3)
PENDING = Installation(state=InstallState.PENDING, check_at=NOW, purge_at=NOW + GRACE)
REMOVED = Installation(state=InstallState.REMOVED, purge_at=NOW + GRACE)
RETURNING = replace(REMOVED, check_at=NOW)
ALL = [ACTIVE, LEAVING, HELD, PENDING, REMOVED, RETURNING]
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
GRANTED, REFUSED, UNKNOWN = Access.GRANTED, Access.REFUSED, Access.UNKNOWN


def install(
    known: Installation | None, *, is_proven: bool = False, now: datetime = LATER
) -> Installation:
    return install_reported(known, is_proven=is_proven, now=now, grace=GRACE)


def uninstall(known: Installation, *, now: datetime = LATER) -> Installation:
    return uninstall_reported(known, now=now)


def check(known: Installation, access: Access, *, now: datetime = NOW) -> Installation:
    return checked(known, access, now=now, grace=GRACE)


def checks_when_due(known: Installation, answers: Iterable[Access]) -> list[Installation]:
    """Return the installation after each check, made as soon as it is due."""
    seen: list[Installation] = []
    for access in answers:
        assert known.check_at is not None
        known = check(known, access, now=known.check_at)
        seen.append(known)
    return seen


def pauses(known: Installation, answers: Sequence[Access]) -> list[timedelta]:
    seen = [known, *checks_when_due(known, answers)]
    times = [each.check_at for each in seen if each.check_at]
    assert len(times) == len(answers) + 1
    return [after - before for before, after in pairwise(times)]
