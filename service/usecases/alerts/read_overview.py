"""What the Overview tab shows: how far the winery is, and what happened last."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.domain.tenants.setup import Setup
from service.domain.tenants.tenant import Tenant
from service.ports import Services
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.read_setup import read_setup

_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A tenant with its progress; `last_change` is the mark of its log."""

    tenant: Tenant
    setup: Setup
    last_change: str | None


def read_overview(tenant_id: str, *, services: Services) -> Overview | None:
    """Return how the tenant stands, in one read where the tenant is known; `None` if not installed.

    Raises:
        StoreUnavailableError: nothing can be shown now.
    """
    tenant = installed_tenant(tenant_id, services=services)
    if tenant is None:
        return None
    return Overview(
        tenant=tenant,
        setup=read_setup(tenant, services=services),
        last_change=services.events.last_change(tenant_id),
    )


def newest_conversions(tenant_id: str, *, services: Services) -> Sequence[EventRecord]:
    """Return the few that happened last, the newest first.

    Raises:
        StoreUnavailableError: nothing can be shown now.
    """
    newest = services.events.page(tenant_id, LogView(), after=None, limit=_ROWS)
    return [each.record for each in newest]
