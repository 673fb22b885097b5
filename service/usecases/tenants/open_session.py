"""Open and renew dashboard sessions of a winery's staff."""

from datetime import datetime
from enum import StrEnum

from service.domain.shop.staff import StaffMember
from service.domain.tenants.installation import Access
from service.domain.tenants.session import Session, opened
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, Services, ShopError
from service.usecases.tenants.installed_tenant import installed_tenant
from service.usecases.tenants.prove_installation import prove_installation
from service.usecases.tenants.read_shop import request_shop_facts


class NoSession(StrEnum):
    """Why there is no session; the values are for the log."""

    UNAUTHORIZED = "Commerce7 does not know this user"
    NO_ANSWER = "Commerce7 did not answer"
    NOT_INSTALLED = "the winery has not installed us"
    OTHER_USER = "the token is another user's"
    OVER = "the session cannot be renewed any more"


def open_session(
    tenant_id: str, account_token: str, *, now: datetime, services: Services
) -> Session | NoSession:
    """Return a session for the user of this admin token, if Commerce7 knows them as staff.

    The token is checked first, so a stranger does not learn whether the winery has installed us. A
    winery that is not installed, as far as we know, is checked at once, since the user waits.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    staff = _staff(tenant_id, account_token, services=services)
    if isinstance(staff, NoSession):
        return staff
    tenant = _installed(tenant_id, now=now, services=services)
    if isinstance(tenant, NoSession):
        return tenant
    request_shop_facts(tenant, now=now, services=services)
    return opened(tenant_id, staff, now=now)


def renew_session(
    session: Session, account_token: str, *, now: datetime, services: Services
) -> Session | NoSession:
    """Return the renewed session, if Commerce7 confirms that the token is the same user's.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    if not session.is_renewable(now):
        return NoSession.OVER
    staff = _staff(session.tenant_id, account_token, services=services)
    if isinstance(staff, NoSession):
        return staff
    if staff.id != session.staff.id:
        return NoSession.OTHER_USER
    tenant = installed_tenant(session.tenant_id, services=services, is_fresh=True)
    if tenant is None:
        return NoSession.NOT_INSTALLED
    if tenant.sign_out.ends(session):
        return NoSession.OVER
    return session.renewed(staff, now=now)


def _staff(tenant_id: str, account_token: str, *, services: Services) -> StaffMember | NoSession:
    try:
        return services.shops.staff_member(tenant_id, account_token)
    except ShopError as error:
        is_refused = error.refusal in {Refusal.NOT_ALLOWED, Refusal.NOT_FOUND}
        return NoSession.UNAUTHORIZED if is_refused else NoSession.NO_ANSWER


def _installed(tenant_id: str, *, now: datetime, services: Services) -> Tenant | NoSession:
    if tenant := installed_tenant(tenant_id, services=services, is_fresh=True):
        return tenant
    proven = prove_installation(tenant_id, now=now, services=services)
    if isinstance(proven, Tenant):
        return proven
    return NoSession.NOT_INSTALLED if proven is Access.REFUSED else NoSession.NO_ANSWER
