"""Schedule rechecks of a winery's waiting deliveries before another one begins to wait."""

from dataclasses import replace
from datetime import datetime

from service.domain.delivery.delivery import Wait
from service.domain.records.record import EventRecord
from service.domain.records.waiting import kinds_of
from service.domain.tenants.alerts import AlertKind
from service.domain.tenants.tenant import Tenant
from service.ports import Services
from service.usecases.tenants.schedule_alerts import schedule_alerts_check


def schedule_recheck(record: EventRecord, *, now: datetime, services: Services) -> None:
    """Schedule rechecks for as long as this record may wait. Call it before writing the record.

    Costs nothing unless a delivery waits; then one write an hour, and one for a new kind of wait.

    Raises:
        StoreUnavailableError: no recheck is scheduled, so the record must not be written.
    """
    kinds = kinds_of(record)
    tenant = services.tenants.get_cached(record.tenant_id) if kinds else None
    if tenant is None:
        return

    def with_recheck(known: Tenant) -> Tenant:
        recheck = known.recheck.expected(kinds, now=now, policy=services.retry)
        return replace(known, recheck=recheck)

    if with_recheck(tenant) != tenant:
        services.tenants.update(tenant.id, lambda known: known and with_recheck(known))
    is_for_currency = any(each.waits_for is Wait.CURRENCY for each in record.deliveries.values())
    if is_for_currency and tenant.notices.since(AlertKind.CURRENCY) is None:
        minute = now.replace(second=0, microsecond=0)
        schedule_alerts_check(tenant, now=minute, services=services, by="currency")
