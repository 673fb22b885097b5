"""The e-mails to a winery: one for each alert, and not often, and its reports. Pure.

The process that stores a notice as claimed sends its e-mail. If it dies before that, the claim
expires, and the next check of the alerts sends the e-mail.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.tenants.report_plan import ReportPlan

REST = timedelta(hours=6)
"""The least time between two e-mails about the same kind of alert of a pixel or the winery."""

CLAIMED_FOR = timedelta(minutes=10)
"""How long the process that claimed an e-mail has to send it."""

LOOK_AGAIN_EVERY = timedelta(hours=1)
"""How often a lasting alert is checked, so that its end is noticed even without a report."""

_FIRST_PAUSE = timedelta(minutes=10)


class Notice(Struct, frozen=True, kw_only=True):
    """The state of one alert's e-mail.

    `since` is when the alert began; it `is_active` while it lasts. It `is_told` once the e-mail
    about this occurrence was sent; `mailed_at` is when the last e-mail about any occurrence was
    sent. Until `held_until` an e-mail is being sent, or its next try waits; `failures` counts the
    tries that failed.
    """

    since: datetime
    is_active: bool = True
    is_told: bool = False
    mailed_at: datetime | None = None
    held_until: datetime | None = None
    failures: int = 0

    @property
    def next_at(self) -> datetime | None:
        """Return when the e-mail may be sent; `None` if there is none to send."""
        if not self.is_active or self.is_told:
            return None
        rested = self.mailed_at + REST if self.mailed_at else self.since
        return max(rested, self.held_until or rested)

    def is_remembered(self, now: datetime) -> bool:
        """Tell whether it must be kept although its alert is over."""
        is_recent = self.mailed_at is not None and now < self.mailed_at + REST
        return is_recent or (self.held_until is not None and now < self.held_until)


class Notices(Struct, frozen=True, kw_only=True):
    """A winery's notices by their alerts' keys; at `look_at` its alerts are checked again."""

    by_key: Mapping[str, Notice] = field(default_factory=dict)
    look_at: datetime | None = None
    report: ReportPlan = field(default_factory=ReportPlan)

    def due_at(self, zone: str | None) -> datetime | None:
        """Return when the alerts are checked, or a report is due in the zone of this name."""
        times = (self.look_at, self.report.due_at(zone))
        return min((at for at in times if at), default=None)

    def since(self, key: str) -> datetime | None:
        """Return when the alert began; `None` if it was not seen, or is over."""
        notice = self.by_key.get(key)
        return notice.since if notice and notice.is_active else None

    def due(self, now: datetime) -> frozenset[str]:
        """Return the alerts whose e-mail is to be sent now."""
        times = {key: notice.next_at for key, notice in self.by_key.items()}
        return frozenset(key for key, at in times.items() if at is not None and at <= now)


def seen(known: Notices, active: Mapping[str, datetime | None], *, now: datetime) -> Notices:
    """Return the notices after a check that found the `active` alerts, each with its start."""
    return _scheduled(known, dict(_seen(known.by_key, active, now=now)), now=now)


def claimed(notices: Notices, keys: Collection[str], *, now: datetime) -> Notices:
    """Return the notices with these e-mails claimed for sending."""
    until = now + CLAIMED_FOR
    changed = {key: replace(notices.by_key[key], held_until=until) for key in keys}
    return _scheduled(notices, {**notices.by_key, **changed}, now=now)


def mailed(notices: Notices, keys: Collection[str], *, now: datetime) -> Notices:
    """Return the notices after these e-mails were sent, whatever a check found meanwhile."""
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
    return _scheduled(notices, {**notices.by_key, **changed}, now=now)


def refused(notices: Notices, keys: Collection[str], *, now: datetime) -> Notices:
    """Return the notices after these e-mails failed: they are retried, with growing pauses."""
    known = {key: notices.by_key[key] for key in keys if key in notices.by_key}
    changed = {
        key: replace(
            notice,
            failures=notice.failures + 1,
            held_until=now + min(_FIRST_PAUSE * 2 ** min(notice.failures, 16), REST),
        )
        for key, notice in known.items()
    }
    return _scheduled(notices, {**notices.by_key, **changed}, now=now)


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


def _scheduled(known: Notices, by_key: Mapping[str, Notice], *, now: datetime) -> Notices:
    lasting = [notice for notice in by_key.values() if notice.is_active]
    times = [max(notice.next_at or now + LOOK_AGAIN_EVERY, now) for notice in lasting]
    return replace(known, by_key=by_key, look_at=min(times, default=None))
