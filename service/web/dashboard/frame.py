"""The dashboard's frame inside Commerce7's admin, and the renewal of its session."""

import logging

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request

from service.domain.tenants.session import Session
from service.domain.tenants.tenant import is_tenant_id
from service.usecases.tenants.open_session import NoSession, open_session, renew_session
from service.web.dashboard.tabs import TABS, tab_called
from service.web.request import problems
from service.web.request.caller import client_ip, is_cross_site
from service.web.request.current import limits, now, services, settings
from service.web.request.guard import carried_session, enter
from service.web.request.problems import Problem, page_for, theme

ACCOUNT_HEADER = "X-Commerce7-Account"
_TEMPLATE = "{{tenantId}}"
_STATUS = {NoSession.NO_ANSWER: 503}
_PAGES = {
    NoSession.UNAUTHORIZED: problems.UNAUTHORIZED,
    NoSession.NO_ANSWER: problems.NO_ANSWER,
    NoSession.NOT_INSTALLED: problems.NOT_INSTALLED,
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
    if account_token is None:
        return page_for(problems.OUTSIDE, tenant_id=tenant_id)
    if limits().session_checks.retry_after(client_ip(), now=now()):
        return page_for(problems.TOO_MANY, tenant_id=tenant_id)
    opened = open_session(tenant_id, account_token, now=now(), services=services())
    if isinstance(opened, NoSession):
        log.info("frame.refused", extra={"tenant": tenant_id, "reason": opened})
        return page_for(_PAGES[opened], tenant_id=tenant_id)
    log.info("frame.opened", extra={"tenant": tenant_id})
    return _dashboard(opened)


@frame.post("/session")
def renew() -> tuple[Response, int]:
    """Return a renewed session, if Commerce7 confirms the user again."""
    if is_cross_site():
        abort(403)
    session = carried_session()
    if limits().session_checks.retry_after(client_ip(), now=now()):
        return jsonify(result="too many tries"), 429
    account_token = request.headers.get(ACCOUNT_HEADER, "")
    renewed = renew_session(session, account_token, now=now(), services=services())
    if isinstance(renewed, NoSession):
        log.info("session.refused", extra={"tenant": session.tenant_id, "reason": renewed})
        return jsonify(result=str(renewed)), _STATUS.get(renewed, 401)
    return jsonify(session=services().sessions.sign(renewed), seconds=_seconds_left(renewed)), 200


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
