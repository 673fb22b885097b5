"""For whom the log rows of a request are printed."""

from service.domain.tenants.tenant import Tenant
from service.web.eventlog.rows import Reader
from service.web.request.current import now, settings
from service.web.request.times import zone_of


def reader_for(tenant: Tenant) -> Reader:
    """Return the winery's staff at this moment."""
    return Reader(
        now=now(),
        zone=zone_of(tenant.settings.timezone),
        admin_url=settings().admin_url(tenant.id),
        tenant=tenant,
    )
