"""How each winery fares, for the operator of many: what is wrong, worst first. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from service.domain.health.alerts import Severity
from service.domain.health.health import Health, HealthState
from service.domain.tenants.installation import InstallState
from service.domain.tenants.tenant import Tenant

_STATES = (
    HealthState.ATTENTION,
    HealthState.NOT_SET_UP,
    HealthState.PAUSED,
    HealthState.LIVE,
)


class WineryFigures(Struct, frozen=True, kw_only=True):
    """What the store tells of a winery: the rows sent and on hold that came in the last 24 hours.

    `oldest_waiting` is since when an event waits, and `quality` Meta's score of its purchases.
    `stuck_jobs` are the kinds of jobs that went wrong.
    """

    last_event_at: datetime | None
    sent: int
    held: int
    oldest_waiting: datetime | None
    quality: float | None
    stuck_jobs: Sequence[str] = ()


class Winery(Struct, frozen=True, kw_only=True):
    """A winery's line: how it fares, and its alarms, those for the operator in front."""

    tenant_id: str
    installation: InstallState
    state: HealthState
    figures: WineryFigures
    ours: Sequence[str]
    theirs: Sequence[str]

    @property
    def alarms(self) -> Sequence[str]:
        """Return the names of what needs a person: the operator first, then the winery."""
        return (*self.ours, *self.theirs)


def winery_of(tenant: Tenant, health: Health, figures: WineryFigures) -> Winery:
    """Return the winery's line."""
    late = [alert.key for alert in health.alerts if alert.severity is Severity.OURS]
    return Winery(
        tenant_id=tenant.id,
        installation=tenant.installation.state,
        state=health.state,
        figures=figures,
        ours=(*late, *(f"job-{kind}" for kind in figures.stuck_jobs)),
        theirs=tuple(alert.key for alert in health.alerts if alert.severity is Severity.ACT),
    )


def worst_first(wineries: Iterable[Winery]) -> list[Winery]:
    """Return the wineries: those first that the operator must help, then those that must act.

    Among equals, the one whose events have waited the longest is first.
    """
    return sorted(wineries, key=_rank)


def _rank(winery: Winery) -> tuple[int, int, int, float, str]:
    waiting = winery.figures.oldest_waiting
    return (
        -len(winery.ours),
        -len(winery.theirs),
        _STATES.index(winery.state),
        waiting.timestamp() if waiting else float("inf"),
        winery.tenant_id,
    )
