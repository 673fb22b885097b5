"""Test Connection: a button beside each pixel. It sends an event, so only some roles may use it."""

import logging

from flask import Blueprint, abort, render_template, request

from service.domain.tenants.connection import ConnectionFinding
from service.domain.tenants.tenant import Role
from service.usecases.tenants.check_connection import check_connection
from service.web.configuration.connection_messages import (
    TOO_OFTEN,
    ConnectionResult,
    connection_result,
)
from service.web.configuration.outcome_messages import (
    Outcome,
    connection_outcome,
    untested_outcome,
)
from service.web.request.current import limits, now, services, settings
from service.web.request.guard import require_session, session, writers_only

connection = Blueprint("connection", __name__)
connection.before_request(require_session)
log = logging.getLogger(__name__)


@connection.post("/connection/test")
@writers_only
def test() -> tuple[str, int]:
    """Test the saved pixel and token of a role, and return the finding in words."""
    try:
        role = Role(request.form.get("role", ""))
    except ValueError:
        abort(400)
    tenant_id = session().tenant_id
    if limits().test_requests.retry_after(tenant_id, now=now()):
        return _fragment(role, TOO_OFTEN, untested_outcome(role)), 429
    finding = check_connection(tenant_id, role, services=services())
    if finding is None:
        abort(401)
    _log(tenant_id, role, finding)
    return _fragment(role, connection_result(finding), connection_outcome(role, finding)), 200


def _fragment(role: Role, result: ConnectionResult, outcome: Outcome) -> str:
    """Return the result, and one sentence for the bar at the foot, if it follows one."""
    return render_template(
        "configuration/_connection.html",
        role=role,
        result=result,
        outcome=outcome if "saved" in request.form else None,
        support_email=settings().support_email,
    )


def _log(tenant_id: str, role: Role, finding: ConnectionFinding) -> None:
    fields: dict[str, object] = {"tenant": tenant_id, "role": role}
    fields["result"] = finding.cause or "verified"
    if verdict := finding.verdict:
        fields |= {
            "code": verdict.code,
            "subcode": verdict.subcode,
            "trace_id": verdict.trace_id,
        }
    log.info("connection.tested", extra=fields)
