"""A winery's alerts: what needs a person now, and what the staff should know. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker, BreakerState
from service.domain.events.reason import Reason
from service.domain.tenants.shop_facts import ADDRESS, CURRENCY, ShopFact
from service.domain.tenants.tenant import Role, Tenant


class AlertKind(StrEnum):
    """The kinds of alerts."""

    PAUSED = "paused"
    TOKEN = "token"  # noqa: S105 - the word for it, not one
    CURRENCY = "currency"
    ADDRESS = "address"
    STUCK = "stuck"
    WEBHOOKS = "webhooks"
    INSTALLATION = "installation"
    FAILING = "failing"
    THROTTLED = "throttled"
    REFUSED = "refused"


class Severity(StrEnum):
    """Which side must act: the winery, this service, or neither."""

    ACT = "act"
    OURS = "ours"
    NOTE = "note"


class Alert(Struct, frozen=True, kw_only=True):
    """An alert in words for the winery's staff; `since` is when it began, if known.

    `setting` is the choice in Configuration that ends it, and `section` the part of the
    documentation about it. `need` is what its pixel lacks, such as a new access token.
    """

    kind: AlertKind
    severity: Severity
    sentence: str
    detail: str = ""
    advice: str
    since: datetime | None = None
    role: Role | None = None
    pixel_id: str = ""
    setting: str = ""
    section: str = "alerts"
    need: str = ""

    @property
    def key(self) -> str:
        """Return its key among the tenant's alerts, which is the same for as long as it lasts."""
        return f"{self.kind}-{self.role}" if self.role else str(self.kind)

    @property
    def needs_person(self) -> bool:
        """Tell whether the winery or the operator must act."""
        return self.severity is not Severity.NOTE


def alerts_of(
    tenant: Tenant, *, stuck_since: datetime | None, awaited: Sequence[ShopFact], now: datetime
) -> Sequence[Alert]:
    """Return the tenant's alerts, the most urgent first; only that while it is paused.

    `stuck_since` is when its oldest event under way was queued, if that is too long ago. `awaited`
    are the facts of its shop that events wait for.
    """
    settings = tenant.settings
    if not settings.enabled:
        return [_PAUSED]
    pixels = {role: tenant.breaker(role) for role in settings.roles()}
    found = [*_dead_tokens(tenant, pixels), *_refused(tenant, pixels)]
    for fact in awaited:
        alert = _UNKNOWN_FACTS[fact]
        found.append(replace(alert, since=tenant.notices.since(alert.key)))
    if stuck_since:
        found.append(_stuck(stuck_since))
    if silent_since := tenant.catch_up.silent_since(now):
        found.append(replace(_NO_WEBHOOKS, since=silent_since))
    if tenant.installation.doubt is not None:
        found.append(_UNCONFIRMED)
    return [*found, *_hindered(tenant, pixels, now=now)]


_PAUSED = Alert(
    kind=AlertKind.PAUSED,
    severity=Severity.NOTE,
    sentence="Tracking is paused.",
    advice="No events are sent to Meta. Events from this time are not sent later.",
    setting="enabled",
    section="master-switch",
)
_UNCONFIRMED = Alert(
    kind=AlertKind.INSTALLATION,
    severity=Severity.NOTE,
    sentence="Events are on hold until Commerce7 confirms that 1Pixel is installed.",
    advice="No action needed. 1Pixel keeps asking Commerce7 and sends them once it confirms.",
    section="uninstall-reported",
)

_NO_WEBHOOKS = Alert(
    kind=AlertKind.WEBHOOKS,
    severity=Severity.ACT,
    sentence="Commerce7 no longer notifies 1Pixel of your sales.",
    detail="1Pixel checks Commerce7 for new sales every 15 minutes instead. Events are sent up to "
    "half an hour late",
    advice="Install 1Pixel again in Commerce7, then enter your access token again. Your settings "
    "and your Event Log are kept.",
    section="webhooks-off",
)

_UNKNOWN_FACTS = {
    CURRENCY: Alert(
        kind=AlertKind.CURRENCY,
        severity=Severity.ACT,
        sentence="Events with a value are on hold, because your shop's currency is not known.",
        advice="Choose the currency. They are then sent within a minute, if not older than 7 days. "
        "Tasting-room sales can be up to 62 days old.",
        setting="currency",
    ),
    ADDRESS: Alert(
        kind=AlertKind.ADDRESS,
        severity=Severity.ACT,
        sentence="Events of your web shop are on hold, because its address is not known.",
        advice="Enter the address. They are then sent within a minute, if not older than 7 days.",
        setting="shop_domains",
    ),
}


def _stuck(since: datetime) -> Alert:
    return Alert(
        kind=AlertKind.STUCK,
        severity=Severity.OURS,
        sentence="Events are more than 10 minutes late.",
        advice=("No action needed. Our team has been told, and no event is lost."),
        since=since,
    )


_TOKEN_DETAILS: Mapping[Reason, str] = {
    Reason.TOKEN_MISSING: "No access token is saved",
    Reason.TOKEN_UNREADABLE: "The saved access token can no longer be read",
}
"""Whole sentences where the reason's own words are none."""


_NEEDS: Mapping[Reason, str] = {
    Reason.TOKEN_MISSING: "an access token",
    Reason.PIXEL_UNKNOWN: "a matching Pixel ID or access token",
}
"""What a pixel needs, where a new access token may not be the cure."""


def _dead_tokens(tenant: Tenant, pixels: Mapping[Role, Breaker]) -> Iterator[Alert]:
    for role, breaker in pixels.items():
        if breaker.needs_token:
            pixel_id = tenant.settings.pixel_of(role)
            needs_proof = breaker.reason is Reason.PROOF_REQUIRED
            is_doubtful = breaker.reason is Reason.PIXEL_UNKNOWN
            need = _NEEDS.get(breaker.reason, "a new access token")
            yield Alert(
                kind=AlertKind.TOKEN,
                severity=Severity.ACT,
                sentence=f"Your {role} pixel {pixel_id} needs {need}.",
                detail=_TOKEN_DETAILS.get(breaker.reason, breaker.sentence),
                advice="Its events are on hold until then. Meta does not accept events older than "
                "7 days.",
                since=breaker.since,
                role=role,
                pixel_id=pixel_id,
                setting=f"{role}_pixel_id" if is_doubtful else f"{role}_token",
                section="app-secret-proof" if needs_proof else "token",
                need=need,
            )


def _refused(tenant: Tenant, pixels: Mapping[Role, Breaker]) -> Iterator[Alert]:
    for role, breaker in pixels.items():
        if breaker.is_refusing:
            pixel_id = tenant.settings.pixel_of(role)
            yield Alert(
                kind=AlertKind.REFUSED,
                severity=Severity.ACT,
                sentence=f"Meta refused each of the latest events for your {role} pixel "
                f"{pixel_id}.",
                detail="The first reason: "
                + breaker.sentence.removeprefix(f"{Reason.EVENT_REFUSED}: "),
                advice="Open one of them in the Event Log to see what to do. Then send them again "
                "while they are not older than 7 days. This message disappears when Meta accepts "
                "an event again.",
                since=breaker.since,
                role=role,
                pixel_id=pixel_id,
                section="all-refused",
            )


_HINDRANCES: Mapping[BreakerState, tuple[AlertKind, str, str]] = {
    BreakerState.FAILING: (
        AlertKind.FAILING,
        "Meta is not accepting events for your {role} pixel {pixel_id} at the moment.",
        "No action needed. 1Pixel tries each event about every hour until it is 7 days old.",
    ),
    BreakerState.THROTTLED: (
        AlertKind.THROTTLED,
        "Meta is limiting requests for your {role} pixel {pixel_id}.",
        "No action needed. 1Pixel continues as soon as Meta allows it.",
    ),
}


def _hindered(tenant: Tenant, pixels: Mapping[Role, Breaker], *, now: datetime) -> Iterator[Alert]:
    for role, breaker in pixels.items():
        # Once a probe may go and nothing waits, the pixel's state is not known: no alert.
        is_current = breaker.is_watched or not breaker.lets_probe(now)
        if breaker.state in _HINDRANCES and is_current:
            kind, sentence, advice = _HINDRANCES[breaker.state]
            pixel_id = tenant.settings.pixel_of(role)
            yield Alert(
                kind=kind,
                severity=Severity.NOTE,
                sentence=sentence.format(role=role, pixel_id=pixel_id),
                detail=breaker.sentence,
                advice=advice,
                since=breaker.since,
                role=role,
                pixel_id=pixel_id,
            )
