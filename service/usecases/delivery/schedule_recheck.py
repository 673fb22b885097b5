"""Schedule rechecks of a winery's waiting deliveries before another one begins to wait."""

from datetime import datetime

from service.domain.copies import replace
from service.domain.records.record import EventRecord
from service.domain.records.waiting import kinds_of
from service.domain.tenants.shop_facts import unknown_facts
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
    waits = {each.waits_for for each in record.deliveries.values()}
    for fact in unknown_facts(tenant.settings):
        if fact.wait in waits and tenant.notices.since(fact.wait) is None:
            minute = now.replace(second=0, microsecond=0)
            schedule_alerts_check(tenant, now=minute, services=services, by=fact.wait)
