"""Sign all staff of a winery out of the dashboard."""

from datetime import datetime

from service.domain.copies import replace
from service.domain.tenants.session import SignOut
from service.ports import Services
from service.usecases.tenants.change_tenant import change_known_tenant


def sign_out_everywhere(tenant_id: str, *, services: Services) -> datetime | None:
    """End all sessions that were opened before now, and return the time; `None` if unknown.

    Every open page hears of it with its next poll, and other requests to another process within a
    minute, when its cached tenant is read again. Whom Commerce7 still confirms can open the
    dashboard anew.

    Raises:
        StoreUnavailableError: the sessions may go on; try again.
    """
    now = services.clock()
    updated = change_known_tenant(
        tenant_id,
        lambda known: replace(known, sign_out=SignOut(at=now)),
        now=now,
        services=services,
    )
    return updated.after.sign_out.at if updated.after else None
