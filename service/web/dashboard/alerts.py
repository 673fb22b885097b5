"""The alerts at the top of every tab, and how the page learns that its winery's health changed.

A tab that polls makes the page ask for its alerts when it finds news; on the other tabs the alerts
poll by themselves.
"""

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request
from msgspec import Struct

from service.domain.health.alerts import Alert, Severity
from service.web.health.messages import Cure, banner_kind, cure_of
from service.web.health.views import ALERTS_CHANGED, HEALTH_CHANGED, health_now, mark_of
from service.web.request.current import settings
from service.web.request.guard import may_write, require_session, session, visited_tenant
from service.web.request.times import LocalTime, local_time

_OK, _REFUSALS = 200, 400
_SHOWS_HEALTH = frozenset({"view", "overview", "eventlog-table"})
"""The ids of the elements whose news may be news of the health: the tab, and what it polls."""

alerts = Blueprint("alerts", __name__)
alerts.before_request(require_session)


class AlertRow(Struct, frozen=True, kw_only=True):
    """An alert, ready to print, with where its cause is fixed."""

    id: str
    banner: str
    sentence: str
    detail: str
    advice: str
    since: LocalTime | None
    cure: Cure
    section: str
    is_ours: bool


@alerts.get("/alerts")
def show() -> Response:
    """Return the banners; 204 if the page shows them already, so that none is read out twice.

    `seen` is the mark of the health that the banners show, `shown` that of the first tab. Where the
    health is another by now, the page's other places are told.
    """
    tenant = visited_tenant(is_fresh=True)
    health = health_now(tenant)
    mark, seen = mark_of(health), request.args.get("seen", "")
    if seen == mark:
        return make_response("", 204)
    zone = tenant.settings.timezone
    response = make_response(
        render_template(
            "dashboard/_alerts.html",
            alert_rows=_rows(health.alerts, zone),
            seen=mark,
            may_write=may_write(session()),
            support_email=settings().support_email,
        )
    )
    if (seen or request.args.get("shown", mark)) != mark:
        response.headers["HX-Trigger"] = HEALTH_CHANGED
    return response


def announce_changes(response: Response) -> Response:
    """Make the page ask for its alerts after a change by its user, and where a tab has news."""
    if "HX-Request" not in request.headers:
        return response
    is_change = request.method == "POST" and response.status_code < _REFUSALS
    is_news = request.headers.get("HX-Target") in _SHOWS_HEALTH and response.status_code == _OK
    if is_change or is_news:
        response.headers.setdefault("HX-Trigger", ALERTS_CHANGED)
    return response


def _rows(alerts: Sequence[Alert], zone: str | None) -> Sequence[AlertRow]:
    return [
        AlertRow(
            id=f"alert-{alert.key}",
            banner=banner_kind(alert),
            sentence=alert.sentence,
            detail=alert.detail,
            advice=alert.advice,
            since=local_time(alert.since, zone) if alert.since else None,
            cure=cure_of(alert),
            section=alert.section,
            is_ours=alert.severity is Severity.OURS,
        )
        for alert in alerts
    ]
