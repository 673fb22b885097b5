"""A winery's health: the only place that decides whether its tracking works. Pure.

The dashboard's pills, set-up card, banners and next steps, alert e-mails and reports read it.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from service.domain.health.alerts import Alert, alerts_of
from service.domain.tenants.setup import Setup
from service.domain.tenants.shop_facts import ShopFact, awaited_facts
from service.domain.tenants.tenant import Tenant


class HealthState(StrEnum):
    """Whether events reach Meta, in one word."""

    LIVE = "live"
    ATTENTION = "attention"
    PAUSED = "paused"
    NOT_SET_UP = "not set up"


class Health(Struct, frozen=True, kw_only=True):
    """A winery's health. `alerts` say why and what to do, the most urgent first.

    There are none while it is live or not set up; `setup` then names the next step, if any.
    """

    state: HealthState
    alerts: Sequence[Alert]
    setup: Setup

    @property
    def reason(self) -> Alert | None:
        """Return the most urgent alert."""
        return next(iter(self.alerts), None)


def health_of(
    tenant: Tenant,
    setup: Setup,
    *,
    stuck_since: datetime | None,
    awaited: Sequence[ShopFact],
    now: datetime,
) -> Health:
    """Return the winery's health; `stuck_since` and `awaited` are those of `alerts_of`.

    The winery's own choice comes first, then what hinders its events, then an unfinished set-up.
    """
    alerts = tuple(alerts_of(tenant, stuck_since=stuck_since, awaited=awaited, now=now))
    if not tenant.settings.enabled:
        state = HealthState.PAUSED
    elif alerts:
        state = HealthState.ATTENTION
    elif not setup.is_finished:
        state = HealthState.NOT_SET_UP
    else:
        state = HealthState.LIVE
    return Health(state=state, alerts=alerts, setup=setup)


def health_facts(tenant: Tenant, *, now: datetime) -> Sequence[object]:
    """Return the winery's facts that its health follows from, beside its log and its tokens.

    A page that has seen these and the log's last change need not read the health again. Only that
    events are queued for too long comes without either.
    """
    alerts = alerts_of(tenant, stuck_since=None, awaited=awaited_facts(tenant), now=now)
    progress = tenant.progress
    return (tuple(alerts), tuple(sorted(progress.tested.items())), progress.first_sent_at)
