"""The dashboard's frame inside Commerce7's admin, and the renewal of its session."""

import logging

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from service.domain.tenants.session import Session
from service.domain.tenants.tenant import is_tenant_id
from service.usecases.tenants.open_session import NoSession, open_session, renew_session
from service.web.dashboard.staff_check import NotAsked, check_staff
from service.web.dashboard.tabs import TABS, tab_called
from service.web.eventlog.query import EVENT_PATH
from service.web.request import ended_sessions, problems
from service.web.request.alarms import note_refusal
from service.web.request.caller import is_elsewhere_than_in_a_frame
from service.web.request.current import now, services, settings
from service.web.request.guard import carried_session, enter, refuse_cross_site, refuse_outlived
from service.web.request.problems import RETRY_AFTER_SECONDS, Problem, page_for, theme

ACCOUNT_HEADER = "X-Commerce7-Account"
_TEMPLATE = "{{tenantId}}"
_STATUS = {NoSession.NO_ANSWER: 503, NotAsked.BUSY: 503, NotAsked.TOO_MANY: 429}
_PAGES = {
    NotAsked.TOO_MANY: problems.TOO_MANY,
    NotAsked.BUSY: problems.BUSY,
    NoSession.UNAUTHORIZED: problems.UNAUTHORIZED,
    NoSession.NO_ANSWER: problems.NO_ANSWER,
    NoSession.NOT_INSTALLED: problems.NOT_INSTALLED,
    NoSession.OTHER_USER: problems.UNAUTHORIZED,
    NoSession.OVER: problems.UNAUTHORIZED,
}

frame = Blueprint("frame", __name__)
log = logging.getLogger(__name__)


@frame.get("/")
def page() -> Response:
    """Show the dashboard to a staff member whom Commerce7 confirms."""
    tenant_id, account_token = _asked()
    if isinstance(tenant_id, Problem):
        return page_for(tenant_id)
    if account_token is None or is_elsewhere_than_in_a_frame():
        return page_for(_outside(), tenant_id=tenant_id)

    def ask() -> Session | NoSession:
        return open_session(tenant_id, account_token, now=now(), services=services())

    opened = check_staff(tenant_id, account_token, ask)
    if not isinstance(opened, Session):
        note_refusal("frame.refused", tenant_id=tenant_id, reason=opened)
        return page_for(_PAGES[opened], tenant_id=tenant_id)
    log.info("frame.opened", extra={"tenant": tenant_id})
    return _dashboard(opened)


@frame.post("/session")
def renew() -> Response:
    """Return a renewed session, if Commerce7 confirms the user again.

    The answer names the user's `role` if it is another one by now. With 429 and 503 the session
    stays valid until it expires.
    """
    refuse_cross_site()
    session = carried_session()
    refuse_outlived(session)
    account_token = request.headers.get(ACCOUNT_HEADER, "")

    def ask() -> Session | NoSession:
        return renew_session(session, account_token, now=now(), services=services())

    renewed = check_staff(session.tenant_id, account_token, ask, renewed=session)
    if isinstance(renewed, Session):
        ended_sessions.replace_by(renewed, session=session)
        text = services().sessions.sign(renewed)
        role = renewed.staff.role
        changed = {"role": role} if role != session.staff.role else {}
        return make_response(jsonify(session=text, seconds=_seconds_left(renewed), **changed))
    if renewed is NoSession.UNAUTHORIZED:
        ended_sessions.end(session)
    note_refusal(
        "renewal.refused",
        tenant_id=session.tenant_id,
        user_id=session.staff.id,
        reason=renewed,
    )
    status = _STATUS.get(renewed, 401)
    response = make_response(jsonify(result=str(renewed)), status)
    if renewed in _STATUS:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _outside() -> Problem:
    """Return the problem with a page that was opened outside Commerce7."""
    is_shared = tab_called(request.args.get("tab")).path == EVENT_PATH
    return problems.SHARED_LINK if is_shared else problems.OUTSIDE


def _asked() -> tuple[str | Problem, str | None]:
    """Return the winery in the address, or the problem with it; and the account token."""
    named = {each for each in request.args.getlist("tenantId") if each}
    wineries = sorted(named - {_TEMPLATE})
    tokens = {each for each in request.args.getlist("account") if each}
    account_token = tokens.pop() if len(tokens) == 1 else None
    if len(wineries) > 1:
        return problems.TWO_WINERIES, account_token
    if wineries and is_tenant_id(wineries[0]):
        return wineries[0], account_token
    if account_token is None:
        return problems.OUTSIDE, None
    return problems.TEMPLATE_NOT_FILLED if _TEMPLATE in named else problems.NO_WINERY, None


def _dashboard(session: Session) -> Response:
    enter(session)
    tab = tab_called(request.args.get("tab"))
    return make_response(
        render_template(
            "dashboard/page.html",
            session=services().sessions.sign(session),
            seconds=_seconds_left(session),
            account_header=ACCOUNT_HEADER,
            staff=session.staff,
            tabs=TABS,
            tab=tab,
            admin_url=settings().admin_url(session.tenant_id),
            support_email=settings().support_email,
            theme=theme(),
            **tab.view(),
        )
    )


def _seconds_left(session: Session) -> int:
    return int((session.expires_at - now()).total_seconds())
