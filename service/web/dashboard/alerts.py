"""The alerts at the top of every tab; the page polls them once a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import Blueprint, Response, make_response, render_template, request

from service.domain.tenants.alerts import Alert, AlertKind, Severity
from service.usecases.alerts.read_alerts import read_alerts
from service.web.request.current import now, services, settings
from service.web.request.guard import deny, require_session, session
from service.web.request.times import LocalTime, local_time

CHANGED = "alerts-changed"
"""The htmx event that is sent to a page after a change that an alert may be about."""

_BANNERS = {Severity.ACT: "bad", Severity.OURS: "warn", Severity.NOTE: "info"}
_LINKS = {
    AlertKind.TOKEN: "Enter a new access token",
    AlertKind.CURRENCY: "Choose the currency",
    AlertKind.ADDRESS: "Enter the address",
}
_MARK_CHARACTERS = 16
_REFUSALS = 400

alerts = Blueprint("alerts", __name__)
alerts.before_request(require_session)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert, ready to print. `path` is the address of the tab that mends its cause."""

    id: str
    banner: str
    sentence: str
    detail: str
    advice: str
    since: LocalTime | None
    path: str
    link: str
    section: str
    is_ours: bool


@alerts.get("/alerts")
def show() -> Response:
    """Return the banners; 204 if the page shows them already, so that none is read out twice."""
    read = read_alerts(session().tenant_id, now=now(), services=services())
    if read is None:
        deny()
    rows = [_row(each, read.timezone) for each in read.found]
    mark = _mark(rows)
    if request.args.get("seen", "") == mark:
        return make_response("", 204)
    return make_response(
        render_template(
            "dashboard/_alerts.html",
            alert_rows=rows,
            seen=mark,
            support_email=settings().support_email,
        )
    )


def announce_changes(response: Response) -> Response:
    """Make the page reload its alerts after each change that its user has made."""
    is_change = request.method == "POST" and "HX-Request" in request.headers
    if is_change and response.status_code < _REFUSALS:
        response.headers.setdefault("HX-Trigger", CHANGED)
    return response


def _row(alert: Alert, zone: str | None) -> AlertRow:
    return AlertRow(
        id=f"alert-{alert.key}",
        banner=_BANNERS[alert.severity],
        sentence=alert.sentence,
        detail=alert.detail,
        advice=alert.advice,
        since=local_time(alert.since, zone) if alert.since else None,
        path=f"/configuration#{alert.setting}" if alert.setting else "",
        link=_LINKS.get(alert.kind, ""),
        section=alert.section,
        is_ours=alert.severity is Severity.OURS,
    )


def _mark(rows: Sequence[AlertRow]) -> str:
    """Return a hash of the banners; empty if there are none."""
    return sha256(repr(rows).encode()).hexdigest()[:_MARK_CHARACTERS] if rows else ""
