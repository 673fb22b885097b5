"""Look once more at what was parked, now that everybody can see that it is (docs/adr/0019)."""

from datetime import datetime

from service.domain.alerts import AlertKind
from service.domain.delivery import Wait
from service.domain.waiting import may_go_at_once
from service.ports import Services, Stored
from service.usecases.pixel_state import have_looked_for
from service.usecases.tend_pixels import release
from service.usecases.watch_alerts import have_alerts_looked_at


def note_parked(written: Stored, *, now: datetime, services: Services) -> None:
    """Release what need not wait any more, and see that somebody comes for what must.

    What a delivery waits for may come while it is being parked, and whoever brings it looks
    through what waits before this is there to be seen. So each side writes first, then reads.
    Costs nothing unless something waits, and then one read.

    Raises:
        StoreUnavailableError: the queue's next call looks again, and it itself some hours later.
    """
    record = written.record
    waits = {each.waits_for for each in record.deliveries.values()} - {None}
    tenant = services.tenants.find(record.tenant_id) if waits else None
    if tenant is None:
        return
    going = [role for role in record.deliveries if may_go_at_once(record, role, tenant, now=now)]
    staying = [role for role in record.deliveries if role not in going]
    have_looked_for(record, tenant, staying, services=services)
    if going:
        release(written, going, now=now, services=services)
    elif Wait.CURRENCY in waits and tenant.notices.since(AlertKind.CURRENCY) is None:
        minute = now.replace(second=0, microsecond=0)
        have_alerts_looked_at(tenant, now=minute, services=services, by="currency")
