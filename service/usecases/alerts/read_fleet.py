"""Read how all wineries fare, for some ten reads of the store each."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from service.domain.figures.quality import scores_of
from service.domain.health.fleet import Winery, WineryFigures, winery_of, worst_first
from service.domain.records.job import GAVE_UP, JobKind
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Status
from service.domain.tenants.tenant import Role
from service.ports import Services
from service.usecases.alerts.read_health import read_health

_DAY = timedelta(days=1)
_PURCHASES = "web:Purchase"


def read_fleet(*, now: datetime, services: Services) -> list[Winery]:
    """Return a line for each winery, worst first.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    return worst_first(_wineries(now=now, services=services))


def _wineries(*, now: datetime, services: Services) -> Iterator[Winery]:
    for tenant_id in services.tenants.ids():
        if tenant := services.tenants.find(tenant_id):  # it may have left meanwhile
            health = read_health(tenant, now=now, services=services)
            figures = _figures(tenant_id, now=now, services=services)
            yield winery_of(tenant, health, figures)


def _figures(tenant_id: str, *, now: datetime, services: Services) -> WineryFigures:
    events = services.events
    newest = events.newest(tenant_id, limit=1)
    waiting = events.waiting(tenant_id, after=None, limit=1)
    report = services.quality.find(tenant_id, Role.PRIMARY)
    sent, held = (
        events.count_in(tenant_id, LogView(show=Show.ALL, status=status, since=now - _DAY))
        for status in (Status.SENT, Status.HELD)
    )
    return WineryFigures(
        last_event_at=newest[0].record.received_at if newest else None,
        sent=sent,
        held=held,
        oldest_waiting=waiting[0].record.waiting_since if waiting else None,
        quality=scores_of(report.events).get(_PURCHASES) if report else None,
        stuck_jobs=_stuck_jobs(tenant_id, now=now, services=services),
    )


def _stuck_jobs(tenant_id: str, *, now: datetime, services: Services) -> Sequence[str]:
    """Return the kinds of jobs that were given up, or are not taken up though long due."""
    found = []
    for kind in JobKind:
        job = services.jobs.find(tenant_id, kind)
        is_late = job and job.due_at and job.due_at <= now - services.retry.stuck_after
        if job and (is_late or (job.stopped == GAVE_UP and not job.is_told)):
            found.append(str(kind))
    return found
