"""Meta's Graph API for reads: a token's facts, a pixel's fields, and the quality of its events.

Planned faults of the events edge do not apply here; quality and offline events have their own.
"""

import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from tests.sandbox import fault_control
from tests.sandbox.answers import CannedAnswer
from tests.sandbox.graph_errors import RefusedError
from tests.sandbox.meta_offline import OfflineMode, is_about_offline, read_dataset
from tests.sandbox.meta_quality import QualityMode, answer_about_quality
from tests.sandbox.meta_read_rules import ReadRequest, debug_token
from tests.sandbox.state import sandbox

_TRACE_ID = "AsandboxSandboxSandboxR"

blueprint = Blueprint("meta_reads", __name__, url_prefix="/meta")


@blueprint.get("/<version>/debug_token")
def inspect_token(version: str) -> Response:
    """Return a token's facts."""
    config = sandbox().config
    return _answer(
        lambda: debug_token(_read_request(version), registry=config.registry, now=config.clock())
    )


@blueprint.get("/<version>/dataset_quality")
def quality(version: str) -> Response:
    """Return the scores of the events that a pixel has accepted, unless a fault is planned."""
    systems, asked = sandbox(), _read_request(version)
    pixel = asked.query.get("dataset_id", "")
    fault = systems.meta.quality.take(pixel)
    if fault and fault.mode is QualityMode.HANG:
        time.sleep(fault.seconds)
    return answer_about_quality(
        asked,
        registry=systems.config.registry,
        names=systems.meta.inbox.names_of(pixel),
        mode=fault.mode if fault else None,
        now=systems.config.clock(),
    ).response()


@blueprint.post("/_quality")
def control_quality() -> tuple[dict[str, Any], int]:
    """Plan another answer about quality, or end it."""
    return fault_control.plan_from_json(sandbox().meta.quality)


@blueprint.post("/_offline")
def control_offline() -> tuple[dict[str, Any], int]:
    """Plan another answer about offline events, or end it."""
    return fault_control.plan_from_json(sandbox().meta.offline)


@blueprint.post("/offline")
def press_offline() -> WerkzeugResponse:
    """Plan a button's answer about offline events, then show the page anew."""
    fault_control.plan_from_form(sandbox().meta.offline)
    return redirect(url_for("meta_pages.window"), 303)


@blueprint.post("/quality")
def press() -> WerkzeugResponse:
    """Plan a button's answer, then show the page anew."""
    fault_control.plan_from_form(sandbox().meta.quality)
    return redirect(url_for("meta_pages.window"), 303)


@blueprint.get("/<version>/<pixel>")
def pixel(version: str, pixel: str) -> Response:
    """Return a pixel's fields, or the refusal of a token that may not read them."""
    systems, asked = sandbox(), _read_request(version)
    config = systems.config
    fault = systems.meta.offline.take(pixel) if is_about_offline(asked) else None
    if fault and fault.mode is OfflineMode.HANG:
        time.sleep(fault.seconds)
    mode = fault.mode if fault else None
    return _answer(
        lambda: read_dataset(asked, pixel, registry=config.registry, mode=mode, now=config.clock())
    )


def _read_request(version: str) -> ReadRequest:
    caller = request.authorization
    return ReadRequest(
        version=version,
        token=caller.token if caller and caller.type == "bearer" else None,
        query=request.args.to_dict(),
    )


def _answer(tell: Callable[[], dict[str, Any]]) -> Response:
    try:
        return CannedAnswer(200, tell()).response()
    except RefusedError as refusal:
        return CannedAnswer(refusal.status, refusal.body(_TRACE_ID)).response()
