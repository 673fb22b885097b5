"""Read what Meta says about the match quality of a winery's pixels, and ask it again in time.

Whether it is time is decided by the stored report. Taking the report over is a compare-and-swap,
so of several people, processes and the daily task only one asks (docs/adr/0038).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct

from service.domain.figures.daily_record import (
    DailyRecord,
    DayScores,
    first_day_kept,
    first_day_of_scores,
    score_history,
)
from service.domain.figures.quality import (
    OfflineEvents,
    QualityAnswer,
    QualityFault,
    QualityReport,
    scores_of,
)
from service.domain.shop.order import Channel
from service.domain.shop.time_zone import start_of_day
from service.domain.tenants.tenant import Role, Tenant
from service.domain.tenants.wanted import sends_sales_of
from service.ports import Services, UnsealError
from service.usecases.sealing import unseal_text
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.saved_token import token_version

Scores = Sequence[tuple[date, float]]


class PixelQuality(Struct, frozen=True, kw_only=True):
    """What is known of one pixel.

    `report` is `None` before the first question. `is_due` tells that Meta is to be asked again;
    without a token it cannot be. `history` holds the scores of the last days by the event's key.
    """

    role: Role
    pixel_id: str
    has_token: bool
    report: QualityReport | None
    is_due: bool
    history: Mapping[str, Scores]


def read_quality(
    tenant: Tenant, *, has_history: bool, services: Services, roles: Collection[Role] = tuple(Role)
) -> Sequence[PixelQuality]:
    """Return what is known of the pixels of these roles, without asking Meta.

    Without `has_history` the days' records, some thirty reads, are left out.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    asked = [role for role in tenant.settings.roles() if role in roles]
    first_day = first_day_of_scores(_today(tenant, services))
    days = services.days.since(tenant.id, first_day) if asked and has_history else ()
    return [_known(tenant, role, days, services=services) for role in asked]


def refresh_quality(tenant_id: str, role: Role, *, services: Services) -> QualityReport | None:
    """Ask Meta about the role's pixel if the stored report is an hour old, and store the answer.

    `None` where nothing is known and Meta cannot be asked. Takes as long as Meta's answer, which
    the client bounds. Another caller who comes meanwhile gets the earlier report.

    Raises:
        StoreUnavailableError: the answer may not be stored; it is asked for within the hour.
    """
    # Not from the cache: an older token or pixel there would be asked about again and again.
    tenant = installed_tenant(tenant_id, services=services, is_fresh=True)
    if tenant is None or role not in tenant.settings.roles():
        return None
    pixel_id = tenant.settings.pixel_of(role)
    sealed = services.tenants.sealed_token(tenant_id, role)
    stored = services.quality.find(tenant_id, role)
    known = stored if stored and stored.pixel_id == pixel_id else None
    now, version = services.clock(), token_version(sealed)
    if sealed is None or (
        known and not known.is_due(now, pixel_id=pixel_id, token_version=version)
    ):
        return known
    fresh = QualityReport(pixel_id=pixel_id, token_version=version, asked_at=now)
    claimed = known.asked_again(now, token_version=version) if known else fresh
    if not services.quality.replace(tenant_id, role, claimed, over=stored):
        return known
    answer, offline = _ask(tenant, pixel_id, sealed, services=services)
    report = claimed.answered(answer, offline=offline, at=services.clock())
    if services.quality.replace(tenant_id, role, report, over=claimed):
        _record_day(tenant, role, answer, services=services)
    return report


def refresh_all_quality(tenant_id: str, *, services: Services) -> None:
    """Ask Meta about all of the winery's pixels, each at most hourly, and forget old days.

    Raises:
        StoreUnavailableError: some of it may not be done; the next day's call does it.
    """
    tenant = installed_tenant(tenant_id, services=services)
    if tenant is None:
        return
    services.days.drop_before(tenant_id, first_day_kept(_today(tenant, services)))
    for role in tenant.settings.roles():
        refresh_quality(tenant_id, role, services=services)


def _known(
    tenant: Tenant, role: Role, days: Sequence[DailyRecord], *, services: Services
) -> PixelQuality:
    pixel_id = tenant.settings.pixel_of(role)
    sealed = services.tenants.get_cached_token(tenant.id, role)
    stored = services.quality.find(tenant.id, role)
    report = stored if stored and stored.pixel_id == pixel_id else None
    now, version = services.clock(), token_version(sealed)
    is_old = report is None or report.is_due(now, pixel_id=pixel_id, token_version=version)
    return PixelQuality(
        role=role,
        pixel_id=pixel_id,
        has_token=sealed is not None,
        report=report,
        is_due=sealed is not None and is_old,
        history=score_history(days, role, pixel_id=pixel_id),
    )


def _ask(
    tenant: Tenant, pixel_id: str, sealed: str, *, services: Services
) -> tuple[QualityAnswer, OfflineEvents | None]:
    """Ask for the scores, and about offline events where the tasting room's sales are sent."""
    try:
        token = unseal_text(sealed, tenant_id=tenant.id, vault=services.vault)
    except UnsealError:
        return QualityAnswer(fault=QualityFault.UNREADABLE_TOKEN), None
    answer = services.connections.quality(pixel_id, token=token)
    if answer.is_final or not sends_sales_of(tenant, Channel.POS):
        return answer, None
    return answer, services.connections.offline_events(pixel_id, token=token)


def _record_day(tenant: Tenant, role: Role, answer: QualityAnswer, *, services: Services) -> None:
    """Record the scores as this day's; days without any have no record."""
    if not (scores := scores_of(answer.events)):
        return
    day_scores = DayScores(pixel_id=tenant.settings.pixel_of(role), scores=scores)
    services.days.update(
        tenant.id,
        _today(tenant, services),
        lambda day: day.with_scores(role, day_scores),
    )


def _today(tenant: Tenant, services: Services) -> date:
    return start_of_day(services.clock(), tenant.settings.timezone).date()
