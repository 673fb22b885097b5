"""Prove an installation for a staff member who opens the dashboard."""

from datetime import datetime

from service.domain.tenants.installation import Access, Installation
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, Services, ShopError
from service.usecases.tenants.change_tenant import change_tenant


def prove_installation(tenant_id: str, *, now: datetime, services: Services) -> Tenant | Access:
    """Return the tenant, installed from now on, if Commerce7 grants us access; else its answer.

    Commerce7 must have confirmed that the person is staff of this winery. Then no install call is
    needed: a winery whose call was lost, forged or given up is installed by opening the dashboard.
    An answer other than that changes nothing. Our own pace and Commerce7's count as no answer.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    try:
        services.shops.check_access(tenant_id, is_waited_for=True)
    except ShopError as error:
        return Access.REFUSED if error.refusal is Refusal.NOT_ALLOWED else Access.UNKNOWN
    tenant = Tenant(id=tenant_id)

    def installed(known: Tenant | None) -> Tenant:
        if known is None or known.installation.is_installed:
            return known or tenant
        return known.with_installation(Installation(), now=now)

    return change_tenant(tenant_id, installed, now=now, services=services).after or tenant
