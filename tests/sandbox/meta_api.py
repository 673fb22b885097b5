"""Meta's Graph API: the events edge, and the control API for tests."""

import time
from typing import Any

from flask import Blueprint, Response, request

from tests.sandbox import fault_control
from tests.sandbox.answers import CannedAnswer
from tests.sandbox.faults import Fault, hang_up
from tests.sandbox.graph_errors import unknown_path
from tests.sandbox.inbox import Arrival, readable, summary
from tests.sandbox.meta_faults import (
    ANSWERS,
    DISLIKED_KEY,
    DROPS_CONNECTION,
    TAKES_EVENTS,
    FaultMode,
)
from tests.sandbox.meta_rules import GraphRequest, judge
from tests.sandbox.state import sandbox

blueprint = Blueprint("meta_api", __name__, url_prefix="/meta")


@blueprint.post("/<version>/<pixel>/events")
def receive(version: str, pixel: str) -> Response:
    """Accept or refuse events, unless a fault is planned for this request."""
    systems = sandbox()
    fault = systems.meta.faults.take(pixel)
    answer, accepted = _answer(version, pixel, fault)
    dropped = fault is not None and fault.mode in DROPS_CONNECTION
    systems.meta.inbox.keep(
        Arrival(
            at=systems.config.clock(),
            version=version,
            pixel=pixel,
            body=readable(request.get_data()),
            status=None if dropped else answer.status,
            answer=answer.body,
            accepted=accepted,
            fault=fault.mode if fault else None,
        )
    )
    if dropped:
        hang_up(request.environ["werkzeug.socket"])
    if fault and fault.mode is FaultMode.HANG:
        time.sleep(fault.seconds)
    return answer.response()


@blueprint.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def refuse_path(path: str) -> Response:
    """Refuse all other addresses."""
    refusal = unknown_path(f"/{path}")
    return CannedAnswer(refusal.status, refusal.body("AsandboxSandboxSandboxS")).response()


@blueprint.post("/_control")
def control() -> tuple[dict[str, Any], int]:
    """Plan a fault, or end it."""
    return fault_control.plan_from_json(sandbox().meta.faults)


@blueprint.get("/_received")
def received() -> dict[str, Any]:
    """Return the recorded requests, and the events of browsers' pixels, oldest first."""
    meta = sandbox().meta
    browsers = [event.as_json() for event in meta.browsers.all()]
    return summary(meta.inbox.receipts()) | {"browser_events": browsers}


@blueprint.delete("/_received")
def forget() -> tuple[str, int]:
    """Delete the recorded requests and events."""
    sandbox().meta.inbox.clear()
    sandbox().meta.browsers.clear()
    return "", 204


def _answer(version: str, pixel: str, fault: Fault[FaultMode] | None) -> tuple[CannedAnswer, bool]:
    """Return Meta's answer, and whether it has accepted the events."""
    if fault and fault.mode not in TAKES_EVENTS and not _is_to_taste(fault):
        return ANSWERS[fault.mode], False
    config, caller = sandbox().config, request.authorization
    ruling = judge(
        GraphRequest(
            version=version,
            pixel_id=pixel,
            token=caller.token if caller and caller.type == "bearer" else None,
            content_type=request.content_type or "",
            body=request.get_data(),
        ),
        registry=config.registry,
        now=config.clock(),
    )
    return CannedAnswer(ruling.status, ruling.answer), bool(ruling.events)


def _is_to_taste(fault: Fault[FaultMode]) -> bool:
    """Return whether the request lacks the key that the "picky" fault refuses."""
    return fault.mode is FaultMode.PICKY and DISLIKED_KEY.encode() not in request.get_data()
