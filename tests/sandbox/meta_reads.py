"""Meta's Graph API for reads: a token's facts, and a pixel's name.

Planned faults apply to the events edge only, not to reads.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from tests.sandbox.answers import CannedAnswer
from tests.sandbox.graph_errors import RefusedError
from tests.sandbox.meta_read_rules import ReadRequest, debug_token, read_pixel
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


@blueprint.get("/<version>/<pixel>")
def pixel(version: str, pixel: str) -> Response:
    """Return a pixel's name, or the refusal of a token that may not read it."""
    config = sandbox().config
    return _answer(
        lambda: read_pixel(
            _read_request(version), pixel, registry=config.registry, now=config.clock()
        )
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
