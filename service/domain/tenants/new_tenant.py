"""A winery that the service did not know before. Pure."""

from datetime import datetime

from service.domain.tenants.catch_up import begun_at
from service.domain.tenants.tenant import Tenant


def new_tenant(tenant_id: str, *, now: datetime) -> Tenant:
    """Return a winery that is known from now on."""
    return Tenant(id=tenant_id, catch_up=begun_at(now))
