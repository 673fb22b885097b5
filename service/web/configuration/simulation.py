"""Simulate events: a button for each event. It sends events, so only some roles may use it."""

import logging

from flask import Blueprint, abort, render_template

from service.domain.events.event import EventName
from service.domain.mapping.simulation import counts_at_secondary
from service.usecases.tenants.simulate_event import Simulated, simulate_event
from service.web.configuration.simulation_messages import (
    BUTTONS,
    TOO_OFTEN,
    SimulationResult,
    simulation_result,
)
from service.web.request.current import limits, now, services, settings
from service.web.request.guard import require_session, session, writers_only

simulation = Blueprint("simulation", __name__)
simulation.before_request(require_session)
log = logging.getLogger(__name__)


@simulation.app_context_processor
def panel() -> dict[str, object]:
    """Return the panel's template variables, for every page that includes it."""
    return {"simulate_buttons": BUTTONS, "counts_at_secondary": counts_at_secondary}


@simulation.post("/simulation/<name>")
@writers_only
def send(name: str) -> tuple[str, int]:
    """Send this test event, and return Meta's answer in words."""
    try:
        event_name = EventName(name)
    except ValueError:
        abort(404)
    tenant_id = session().tenant_id
    if limits().test_requests.retry_after(tenant_id, now=now()):
        return _fragment(TOO_OFTEN), 429
    simulated = simulate_event(tenant_id, event_name, services=services())
    if simulated is None:
        abort(401)
    _log(tenant_id, simulated)
    return _fragment(simulation_result(simulated)), 200


def _fragment(result: SimulationResult) -> str:
    return render_template(
        "configuration/_simulated.html", result=result, support_email=settings().support_email
    )


def _log(tenant_id: str, simulated: Simulated) -> None:
    for missing in simulated.missing:
        log.info("simulation.sent", extra={"tenant": tenant_id, "result": missing})
    for sent in simulated.sent:
        fields: dict[str, object] = {"tenant": tenant_id, "role": sent.role}
        if verdict := sent.verdict:
            fields |= {
                "result": verdict.answer,
                "code": verdict.code,
                "subcode": verdict.subcode,
                "trace_id": verdict.trace_id,
            }
        log.info("simulation.sent", extra={"result": sent.missing, **fields})
