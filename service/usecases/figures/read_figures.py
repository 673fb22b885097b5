"""Read the figures of a period: what was sent, skipped, is on hold and has failed."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from service.domain.figures.daily_record import DailyRecord
from service.domain.figures.figures import Figures, Period, coverage_of, figures_of
from service.domain.figures.next_steps import NextStep, next_steps
from service.domain.figures.tally import CoverageByChannel
from service.domain.health.health import Health
from service.domain.records.job import JobKind
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Status
from service.domain.shop.time_zone import start_of_day
from service.domain.tenants.tenant import Tenant
from service.ports import Services, StoreUnavailableError
from service.usecases.figures.count_events import count_events

COVERAGE_DAYS = 7
"""Over how many days match keys are counted, the period's last one included."""

_DAY, _MOMENT = timedelta(days=1), timedelta(microseconds=1)
_COUNTED = (Show.CONVERSIONS, Show.WEBSITE)


class PeriodFigures(Struct, frozen=True, kw_only=True):
    """The figures of a period, and of the one before, if events were counted from its beginning.

    `held` and `failed` are rows of the log that were received in the period: those that were
    cleared since are not among them. `is_partial` says that counting began within the period, and
    `is_behind` that some events are still to be counted. `coverage` is that of the last 7 days.
    `days` are the records from which the figures were summed up.
    """

    period: Period
    figures: Figures
    before: Figures | None
    held: int
    failed: int
    coverage: CoverageByChannel
    days: Sequence[DailyRecord]
    is_partial: bool
    is_behind: bool
    missed: int = 0


def read_figures(tenant: Tenant, period: Period, *, services: Services) -> PeriodFigures:
    """Return the figures of the period, after what is new was counted: 1,200 events at most.

    Of 31 days, it costs some 70 reads of the store, and of 7 days some 25.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    is_counted = _count(tenant, services=services)
    zone = tenant.settings.timezone
    # A day early: before the winery chose its time zone, the record may have had an earlier date.
    first_day = start_of_day(period.before.since, zone).date() - _DAY
    last_day = start_of_day(period.until - _MOMENT, zone).date()
    first_covered = last_day - (COVERAGE_DAYS - 1) * _DAY
    days = services.days.since(tenant.id, min(first_day, first_covered))
    since = tenant.counting.since
    return PeriodFigures(
        period=period,
        figures=figures_of(days, period),
        before=figures_of(days, period.before) if since and since <= period.before.since else None,
        held=_rows(tenant, Status.HELD, period, services=services),
        failed=_rows(tenant, Status.ERROR, period, services=services),
        coverage=coverage_of([each for each in days if first_covered <= each.day <= last_day]),
        days=days,
        is_partial=since is None or since > period.since,
        is_behind=not is_counted,
        missed=_missed(tenant, services=services),
    )


def steps_of(health: Health, known: PeriodFigures) -> Sequence[NextStep]:
    """Return what the winery should do by its health and these figures, the most urgent first."""
    return next_steps(
        health,
        failed=known.failed,
        held=known.held,
        coverage=known.coverage,
        missed=known.missed,
    )


def _missed(tenant: Tenant, *, services: Services) -> int:
    """Return how many events from before the installation were found and not sent, for a week."""
    installed_at = tenant.catch_up.new_since(services.clock())
    if installed_at is None:
        return 0
    count = services.jobs.find(tenant.id, JobKind.COUNT)
    if count is None or count.is_running or count.started_at < installed_at:
        return 0
    sent = services.jobs.find(tenant.id, JobKind.BACKFILL)
    return 0 if sent and sent.started_at >= count.started_at else count.never_sent


def _count(tenant: Tenant, *, services: Services) -> bool:
    """Count what is new, and tell whether that is all; what was counted before is shown anyway."""
    try:
        return count_events(tenant, now=services.clock(), services=services).is_done
    except StoreUnavailableError:
        return False


def _rows(tenant: Tenant, status: Status, period: Period, *, services: Services) -> int:
    views = (
        LogView(show=show, status=status, since=period.since, until=period.until)
        for show in _COUNTED
    )
    return sum(services.events.count_in(tenant.id, view) for view in views)
