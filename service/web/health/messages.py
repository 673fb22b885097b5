"""A winery's health in words: what each alert leads to, and the line at a page's head."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from service.domain.health.alerts import Alert, AlertKind, Severity
from service.domain.health.health import Health, HealthState

_BANNERS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ACT: "bad", Severity.OURS: "warn", Severity.NOTE: "info"}
)
_LINKS: Mapping[AlertKind, str] = MappingProxyType(
    {
        AlertKind.PAUSED: "Turn on tracking",
        AlertKind.CURRENCY: "Choose the currency",
        AlertKind.ADDRESS: "Enter the address",
        AlertKind.REFUSED: "See the events",
    }
)
_PATHS: Mapping[AlertKind, str] = MappingProxyType(
    {AlertKind.REFUSED: "/activity?status=error&show=all"}
)
_PILLS: Mapping[HealthState, tuple[str, str, str]] = MappingProxyType(
    {
        HealthState.LIVE: ("good", "check", "Tracking live"),
        HealthState.ATTENTION: ("bad", "alert", "Needs attention"),
        HealthState.PAUSED: ("warn", "pause", "Tracking paused"),
        HealthState.NOT_SET_UP: ("info", "clock", "Setup not finished"),
    }
)
_DELAYED = ("warn", "clock", "Events delayed")
"""The pill where the winery has nothing to do."""


class Cure(Struct, frozen=True, kw_only=True):
    """Where an alert's cause is fixed: the tab's address and the words of its link, or empty."""

    path: str
    link: str


class HealthLine(Struct, frozen=True, kw_only=True):
    """A health, ready to print: its pill, and the reason with its cure, if there is one."""

    kind: str
    icon: str
    text: str
    sentence: str = ""
    cure: Cure | None = None


def banner_kind(alert: Alert) -> str:
    """Return the kind of the alert's banner."""
    return "warn" if alert.kind is AlertKind.PAUSED else _BANNERS[alert.severity]


def cure_of(alert: Alert) -> Cure:
    """Return where the alert's cause is fixed."""
    path = f"/configuration#{alert.setting}" if alert.setting else _PATHS.get(alert.kind, "")
    link = f"Enter {alert.need}" if alert.need else _LINKS.get(alert.kind, "")
    return Cure(path=path, link=link)


def health_line(health: Health) -> HealthLine:
    """Return the health in words."""
    kind, icon, text = _PILLS[health.state]
    alert = health.reason
    if alert is None:
        return HealthLine(kind=kind, icon=icon, text=text)
    if health.state is HealthState.ATTENTION and alert.severity is not Severity.ACT:
        kind, icon, text = _DELAYED
    return HealthLine(
        kind=kind,
        icon=icon,
        text=text,
        # The pill says itself that tracking is paused.
        sentence=alert.advice if health.state is HealthState.PAUSED else alert.sentence,
        cure=cure_of(alert),
    )
