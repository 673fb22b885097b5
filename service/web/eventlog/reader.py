"""The reader for whom a request prints log rows."""

from service.domain.shop.time_zone import zone_of
from service.domain.tenants.tenant import Tenant
from service.web.eventlog.rows import Reader
from service.web.request.current import now, settings


def reader_for(tenant: Tenant) -> Reader:
    """Return the reader of this winery at the time of the request."""
    return Reader(
        now=now(),
        zone=zone_of(tenant.settings.timezone),
        admin_url=settings().admin_url(tenant.id),
        tenant=tenant,
    )
