"""A winery's staff opens the dashboard, or stays at it."""

from datetime import datetime
from enum import StrEnum

from service.domain.shop.staff import StaffMember
from service.domain.tenants.session import Session, opened
from service.ports import Refusal, Services, ShopError
from service.usecases.tenants.check_installation import check_installation
from service.usecases.tenants.installed_tenant import installed_tenant


class NoSession(StrEnum):
    """Why somebody gets no session; the values are for the log."""

    UNAUTHORIZED = "Commerce7 does not know this user"
    NO_ANSWER = "Commerce7 did not answer"
    NOT_INSTALLED = "the winery has not installed us"
    OVER = "the session cannot be renewed any more"


def open_session(
    tenant_id: str, account_token: str, *, now: datetime, services: Services
) -> Session | NoSession:
    """Return a session for the user whose token this is, if Commerce7 says that it is somebody's.

    Whoever is not the winery's staff learns nothing, not even whether it has installed us.

    Raises:
        StoreUnavailableError: nobody can look at anything now.
    """
    staff = _staff(tenant_id, account_token, services=services)
    if isinstance(staff, NoSession):
        return staff
    if not _is_installed(tenant_id, now=now, services=services):
        return NoSession.NOT_INSTALLED
    return opened(tenant_id, staff, now=now)


def renew_session(
    session: Session, account_token: str, *, now: datetime, services: Services
) -> Session | NoSession:
    """Return the session anew, after asking Commerce7 once more who it is.

    Raises:
        StoreUnavailableError: nobody can look at anything now.
    """
    if not session.is_renewable(now):
        return NoSession.OVER
    staff = _staff(session.tenant_id, account_token, services=services)
    if isinstance(staff, NoSession):
        return staff
    if staff.id != session.staff.id:
        return NoSession.UNAUTHORIZED
    tenant = installed_tenant(session.tenant_id, services=services, is_fresh=True)
    if tenant is None:
        return NoSession.NOT_INSTALLED
    return session.renewed(staff, now=now)


def _staff(tenant_id: str, account_token: str, *, services: Services) -> StaffMember | NoSession:
    try:
        return services.shops.staff_member(tenant_id, account_token)
    except ShopError as error:
        is_refused = error.refusal in {Refusal.NOT_ALLOWED, Refusal.NOT_FOUND}
        return NoSession.UNAUTHORIZED if is_refused else NoSession.NO_ANSWER


def _is_installed(tenant_id: str, *, now: datetime, services: Services) -> bool:
    """Tell whether the winery has us; one who waits at the door is not left to the queue."""
    if installed_tenant(tenant_id, services=services, is_fresh=True):
        return True
    checked = check_installation(tenant_id, now=now, services=services, is_waited_for=True)
    return checked is not None and checked.is_installed
