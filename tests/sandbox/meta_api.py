"""Meta's Graph API: the events edge, and the strings that tests pull behind it."""

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from tests.sandbox.faults import (
    ANSWERS,
    DEFAULT_HANG_SECONDS,
    DROPS_CONNECTION,
    TAKES_EVENTS,
    CannedAnswer,
    Fault,
    FaultMode,
    hang_up,
)
from tests.sandbox.graph_errors import unknown_path
from tests.sandbox.inbox import Arrival, readable, summary
from tests.sandbox.meta_rules import GraphRequest, judge
from tests.sandbox.state import sandbox

BEHAVE = "behave"

blueprint = Blueprint("meta_api", __name__, url_prefix="/meta")


@blueprint.post("/<version>/<pixel>/events")
def receive(version: str, pixel: str) -> Response:
    """Take or refuse events, unless a fault is planned for this request."""
    systems = sandbox()
    fault = systems.faults.take()
    answer, accepted = _answer(version, pixel, fault)
    dropped = fault is not None and fault.mode in DROPS_CONNECTION
    systems.inbox.keep(
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
    return _response(answer)


@blueprint.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def refuse_path(path: str) -> Response:
    """Refuse every address that this Graph does not have."""
    refusal = unknown_path(f"/{path}")
    return _response(CannedAnswer(refusal.status, refusal.body("AsandboxSandboxSandboxS")))


@blueprint.post("/_control")
def control() -> tuple[dict[str, Any], int]:
    """Plan a fault, or behave again."""
    try:
        fault = _planned(request.get_json(silent=True))
    except ValueError as error:
        return {"message": str(error)}, 400
    sandbox().faults.plan(fault)
    if not fault:
        return {"mode": BEHAVE}, 200
    return {"mode": fault.mode, "times": fault.times, "seconds": fault.seconds}, 200


@blueprint.get("/_received")
def received() -> dict[str, Any]:
    """Return what has arrived, oldest first."""
    return summary(sandbox().inbox.receipts())


@blueprint.delete("/_received")
def forget() -> tuple[str, int]:
    """Forget what has arrived."""
    sandbox().inbox.clear()
    return "", 204


def _answer(version: str, pixel: str, fault: Fault | None) -> tuple[CannedAnswer, bool]:
    """Return what Meta says, and whether it has taken the events."""
    if fault and fault.mode not in TAKES_EVENTS:
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
        pixels=config.pixels,
        now=config.clock(),
    )
    return CannedAnswer(ruling.status, ruling.answer), bool(ruling.events)


def _response(answer: CannedAnswer) -> Response:
    body = answer.body
    response = Response(body) if isinstance(body, str) else jsonify(body)
    response.status_code = answer.status
    response.headers.update(answer.headers)
    return response


def _planned(wish: object) -> Fault | None:
    wishes = wish if isinstance(wish, dict) else {}
    mode, times = wishes.get("mode"), wishes.get("times", 1)
    seconds = wishes.get("seconds", DEFAULT_HANG_SECONDS)
    if mode == BEHAVE:
        return None
    if mode not in list(FaultMode):
        raise ValueError(f"mode must be one of: {', '.join(FaultMode)}, {BEHAVE}")
    if times is not None and (type(times) is not int or times < 1):
        raise ValueError("times must be an integer above 0, or null: until told otherwise")
    if type(seconds) not in (int, float) or seconds < 0:
        raise ValueError("seconds must be a number, 0 or more")
    return Fault(FaultMode(mode), times, seconds)
