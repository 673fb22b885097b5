"""Who may do what: the session that a request carries, and the role in it."""

from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

from flask import abort, g, make_response, request

from service.domain.tenants.session import Session
from service.domain.tenants.tenant import Tenant
from service.ports import NoSessionError
from service.usecases.tenants.installed_tenant import installed_tenant
from service.web.request.caller import is_cross_site
from service.web.request.current import now, services, settings

POLLING = frozenset({"activity-table", "alerts", "job-progress", "overview"})
"""The ids of the elements that ask by themselves, again and again."""

_STOP_POLLING = 286

P = ParamSpec("P")
R = TypeVar("R")


def require_session() -> None:
    """Turn away whoever carries no session that holds; a blueprint's first step.

    The session names the tenant, and nothing else of a request does: what belongs to another
    winery cannot even be asked for.
    """
    if is_cross_site():
        abort(403)
    session = carried_session()
    if not session.holds(now()):
        deny()
    enter(session)


def enter(session: Session) -> None:
    """Make this the session of this request: it was checked, or has just been given."""
    g.session = session


def session() -> Session:
    """Return the session of this request."""
    found: Session = g.session
    return found


def visited_tenant(*, is_fresh: bool = False) -> Tenant:
    """Return the winery of this request, read anew if it must be `is_fresh`.

    Staff of a winery that has left us is turned away.
    """
    tenant = installed_tenant(session().tenant_id, services=services(), is_fresh=is_fresh)
    if tenant is None:
        deny()
    return tenant


def carried_session() -> Session:
    """Return the session that the request carries, over or not; answer 401 if it is none."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        abort(401)
    try:
        return services().sessions.read(text.strip())
    except NoSessionError:
        abort(401)


def deny() -> NoReturn:
    """Answer somebody whose session is over, or whose winery has left us.

    A poll is told 286, which ends it (htmx: "Polling"); everything else 401.
    """
    if request.headers.get("HX-Trigger") in POLLING:
        response = make_response("", _STOP_POLLING)
        response.headers["HX-Reswap"] = "none"
        abort(response)
    abort(401)


def may_write(session: Session) -> bool:
    """Tell whether this role may change settings; a role that we do not know may only read."""
    return session.staff.role in settings().write_roles


def writers_only(view: Callable[P, R]) -> Callable[P, R]:
    """Answer 403 to whoever may only read."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not may_write(session()):
            abort(403)
        return view(*args, **kwargs)

    return guarded
