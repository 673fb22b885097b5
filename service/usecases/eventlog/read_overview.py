"""Read what the Overview tab shows: the progress of the set-up, and the newest events."""

from collections.abc import Sequence

from msgspec import Struct

from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.domain.tenants.setup import Setup
from service.domain.tenants.tenant import Tenant
from service.ports import Services
from service.usecases.tenants.read_setup import read_setup

_ROWS = 5


class Overview(Struct, frozen=True, kw_only=True):
    """A tenant with its set-up; `last_change` is a mark that every change of its log changes."""

    tenant: Tenant
    setup: Setup
    last_change: str | None


def read_overview(tenant: Tenant, *, services: Services) -> Overview:
    """Return the tenant's overview, for one read.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    return Overview(
        tenant=tenant,
        setup=read_setup(tenant, services=services),
        last_change=services.events.last_change(tenant.id),
    )


def newest_conversions(tenant_id: str, *, services: Services) -> Sequence[EventRecord]:
    """Return the newest few log rows, the newest first.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    newest = services.events.page(tenant_id, LogView(), after=None, limit=_ROWS)
    return [each.record for each in newest]
