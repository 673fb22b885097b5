"""What needs a person, at the top of every tab: the page asks for it once a minute."""

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
"""What a page is told after something was changed that an alert may be about."""

_BANNERS = {Severity.ACT: "bad", Severity.OURS: "warn", Severity.NOTE: "info"}
_LINKS = {AlertKind.TOKEN: "Enter a new access token", AlertKind.CURRENCY: "Choose the currency"}
_MARK = 16
_REFUSALS = 400

alerts = Blueprint("alerts", __name__)
alerts.before_request(require_session)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """An alert, ready to print. `path` is the tab's address where it is cured."""

    id: str
    banner: str
    sentence: str
    detail: str
    cure: str
    since: LocalTime | None
    path: str
    link: str
    section: str
    is_ours: bool


@alerts.get("/alerts")
def show() -> Response:
    """Return the banners; 204 to a page that shows these, so that nothing is said twice."""
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
    """Have the page look at its alerts after whatever its user has changed."""
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
        cure=alert.cure,
        since=local_time(alert.since, zone) if alert.since else None,
        path=f"/configuration#{alert.setting}" if alert.setting else "",
        link=_LINKS.get(alert.kind, ""),
        section=alert.section,
        is_ours=alert.severity is Severity.OURS,
    )


def _mark(rows: Sequence[AlertRow]) -> str:
    """Return what tells these banners from others; nothing of none."""
    return sha256(repr(rows).encode()).hexdigest()[:_MARK] if rows else ""
