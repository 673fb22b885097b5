"""Which of a winery's alerts its people were told of by e-mail: once each, and not often. Pure.

Whoever writes a notice as claimed sends its e-mail. Whoever then dies has told nobody: the claim
runs out, and the next look sends it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

REST = timedelta(hours=6)
"""How long at least lies between two e-mails about one pixel's or the winery's same trouble."""

CLAIMED_FOR = timedelta(minutes=10)
"""How long whoever claimed an e-mail has for sending it."""

LOOK_AGAIN_EVERY = timedelta(hours=1)
"""How often a lasting alert is looked at, so that its end is known although nobody told of it."""

_FIRST_PAUSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What became of one alert's e-mail.

    `since` is when the alert began, and while it `is_active` it lasts. `is_told` says that this
    time was written of; `mailed_at` is when any time last was. Until `held_until` an e-mail is
    being sent, or rests after the `failures` that there were.
    """

    since: datetime
    is_active: bool = True
    is_told: bool = False
    mailed_at: datetime | None = None
    held_until: datetime | None = None
    failures: int = 0

    @property
    def next_at(self) -> datetime | None:
        """Return from when on the e-mail may be sent; `None` if there is none to send."""
        if not self.is_active or self.is_told:
            return None
        rested = self.mailed_at + REST if self.mailed_at else self.since
        return max(rested, self.held_until or rested)

    def is_remembered(self, now: datetime) -> bool:
        """Tell whether it still matters once its alert is over."""
        is_recent = self.mailed_at is not None and now < self.mailed_at + REST
        return is_recent or (self.held_until is not None and now < self.held_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """A winery's notices by their alerts' keys; at `look_at` its alerts are looked at again."""

    by_key: Mapping[str, Notice] = field(default_factory=dict)
    look_at: datetime | None = None

    def since(self, key: str) -> datetime | None:
        """Return since when the alert lasts, if it was seen."""
        notice = self.by_key.get(key)
        return notice.since if notice and notice.is_active else None

    def due(self, now: datetime) -> frozenset[str]:
        """Return the alerts whose e-mail is to be sent now."""
        times = {key: notice.next_at for key, notice in self.by_key.items()}
        return frozenset(key for key, at in times.items() if at is not None and at <= now)


def seen(known: Notices, active: Mapping[str, datetime | None], *, now: datetime) -> Notices:
    """Return the notices after a look at the alerts, which says since when each lasts."""
    return _timed(dict(_seen(known.by_key, active, now=now)), now=now)


def claimed(notices: Notices, keys: Collection[str], *, now: datetime) -> Notices:
    """Return the notices with these e-mails being sent."""
    until = now + CLAIMED_FOR
    changed = {key: replace(notices.by_key[key], held_until=until) for key in keys}
    return _timed({**notices.by_key, **changed}, now=now)


def mailed(notices: Notices, keys: Collection[str], *, now: datetime) -> Notices:
    """Return the notices after these e-mails were taken, whatever was seen meanwhile."""
    changed = {
        key: replace(
            notices.by_key.get(key) or Notice(since=now, is_active=False),
            is_told=True,
            mailed_at=now,
            held_until=None,
            failures=0,
        )
        for key in keys
    }
    return _timed({**notices.by_key, **changed}, now=now)


def refused(notices: Notices, keys: Collection[str], *, now: datetime) -> Notices:
    """Return the notices after these e-mails were not taken: later again, ever more slowly."""
    known = {key: notices.by_key[key] for key in keys if key in notices.by_key}
    changed = {
        key: replace(
            notice,
            failures=notice.failures + 1,
            held_until=now + min(_FIRST_PAUSE * 2 ** min(notice.failures, 16), REST),
        )
        for key, notice in known.items()
    }
    return _timed({**notices.by_key, **changed}, now=now)


def _seen(
    known: Mapping[str, Notice], active: Mapping[str, datetime | None], *, now: datetime
) -> Iterator[tuple[str, Notice]]:
    for key, since in active.items():
        before = known.get(key)
        if before and before.is_active:
            yield key, before
        elif before:
            yield (
                key,
                Notice(
                    since=since or now, mailed_at=before.mailed_at, held_until=before.held_until
                ),
            )
        else:
            yield key, Notice(since=since or now)
    for key, notice in known.items():
        if key not in active and notice.is_remembered(now):
            yield key, replace(notice, is_active=False)


def _timed(by_key: Mapping[str, Notice], *, now: datetime) -> Notices:
    lasting = [notice for notice in by_key.values() if notice.is_active]
    times = [max(notice.next_at or now + LOOK_AGAIN_EVERY, now) for notice in lasting]
    return Notices(by_key=by_key, look_at=min(times, default=None))
