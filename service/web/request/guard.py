"""Access control: the session that a request carries, and the role in it."""

from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

from flask import abort, g, make_response, request

from service.domain.tenants.session import Session
from service.domain.tenants.tenant import Tenant
from service.ports import NoSessionError
from service.usecases.tenants.installed_tenant import installed_tenant
from service.web.request.alarms import note_refusal
from service.web.request.caller import is_cross_site
from service.web.request.current import now, services, settings
from service.web.request.ended_sessions import has_ended

POLLING = frozenset(
    {"eventlog-table", "alerts", "job-progress", "overview", "figures", "snippet-test"}
)
"""The ids of the elements that poll."""

_STOP_POLLING = 286

P = ParamSpec("P")
R = TypeVar("R")


def require_session() -> None:
    """Refuse a request without a valid session; for a blueprint's `before_request`.

    Only the session names the tenant, so a request cannot ask for another winery's data.
    """
    refuse_cross_site()
    session = carried_session()
    if not session.holds(now()):
        refuse_outlived(session)
        deny()
    if has_ended(session):
        _note("session.ended", session)
        deny()
    g.tenant = services().tenants.get_cached(session.tenant_id)
    if g.tenant:
        _refuse_signed_out(session, g.tenant)
    enter(session)


def refuse_cross_site() -> None:
    """Refuse a write that a browser sends for a page of another site."""
    if is_cross_site():
        note_refusal("request.cross_site")
        abort(403)


def refuse_outlived(session: Session) -> None:
    """Refuse a session that can no longer be renewed, or could never be."""
    if not session.is_renewable(now()):
        _note("session.outlived", session)
        deny()


def enter(session: Session) -> None:
    """Make this session, checked or newly opened, the session of the request."""
    g.session = session


def session() -> Session:
    """Return the session of this request."""
    found: Session = g.session
    return found


def visited_tenant(*, is_fresh: bool = False) -> Tenant:
    """Return the session's tenant, read from the store instead of the cache if `is_fresh`.

    Refuse the request if the winery has uninstalled the app, or signed its staff out.
    """
    known: Tenant | None = g.get("tenant")
    if is_fresh or known is None:
        known = installed_tenant(session().tenant_id, services=services(), is_fresh=is_fresh)
    if known is None or not known.installation.is_installed:
        deny()
    _refuse_signed_out(session(), known)
    return known


def carried_session() -> Session:
    """Return the request's session, expired or not; answer 401 if there is none."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        note_refusal("session.missing")
        abort(401)
    try:
        return services().sessions.read(text.strip())
    except NoSessionError:
        note_refusal("session.forged")
        abort(401)


def deny() -> NoReturn:
    """Refuse a request whose session has expired, or whose winery has uninstalled the app.

    Answer a poll with 286, which stops it (htmx: "Polling"), and everything else with 401.
    """
    if request.headers.get("HX-Trigger") in POLLING:
        response = make_response("", _STOP_POLLING)
        response.headers["HX-Reswap"] = "none"
        abort(response)
    abort(401)


def may_write(session: Session) -> bool:
    """Tell whether the session's role may change settings; an unknown role may only read."""
    return session.staff.role in settings().write_roles


def rights() -> dict[str, object]:
    """Return the variables of `dashboard/read_only.html`, which says who may change what."""
    return {
        "may_write": may_write(session()),
        "write_roles": settings().write_roles,
        "own_role": session().staff.role,
    }


def writers_only(view: Callable[P, R]) -> Callable[P, R]:
    """Answer 403 if the session's role may only read."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not may_write(session()):
            _note("role.refused", session())
            abort(403)
        return view(*args, **kwargs)

    return guarded


def _refuse_signed_out(session: Session, tenant: Tenant) -> None:
    if tenant.sign_out.ends(session):
        _note("session.signed_out", session)
        deny()


def _note(name: str, session: Session) -> None:
    note_refusal(name, tenant_id=session.tenant_id, user_id=session.staff.id)
