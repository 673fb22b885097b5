"""What the Overview tab shows: how far the winery is, and what happened last."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.log_view import LogView
from service.domain.record import EventRecord
from service.domain.setup import Setup
from service.domain.tenant import Tenant
from service.ports import Services
from service.usecases.read_setup import read_setup

_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A tenant with its progress, and its newest events, newest first."""

    tenant: Tenant
    setup: Setup
    newest: Sequence[EventRecord]


def read_overview(tenant_id: str, *, services: Services) -> Overview | None:
    """Return the tenant's overview; `None` where we are not installed.

    Raises:
        StoreUnavailableError: nothing can be shown now.
    """
    tenant = services.tenants.recall(tenant_id)
    if tenant is None or not tenant.installation.is_installed:
        return None
    newest = services.events.page(tenant_id, LogView(), after=None, limit=_ROWS)
    return Overview(
        tenant=tenant,
        setup=read_setup(tenant, services=services),
        newest=[each.record for each in newest],
    )
