"""The rules of Meta's events edge for a whole request. Pure.

Reference: Meta's Conversions API documentation, "Using the API". Where Meta is known to be more
tolerant, these rules are as strict as the documentation.
"""

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from tests.sandbox.graph_errors import (
    RefusedError,
    invalid,
    unexpected_key,
    unknown_object,
    unknown_path,
)
from tests.sandbox.meta_event_rules import check_event
from tests.sandbox.meta_read_rules import Registry

_VERSION = re.compile(r"v[0-9]+\.0")
_MAX_EVENTS = 1000
_MAX_AGENT_LENGTH = 22
_MIN_AGENT_LETTERS = 2

# Meta also takes an `access_token` here. A body with one is refused, so that the sandbox never
# keeps or shows a secret.
_REQUEST_KEYS = frozenset(
    {"data", "test_event_code", "partner_agent", "namespace_id", "platforms", "progress"}
    | {"trace", "upload_id", "upload_source", "upload_tag"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRequest:
    """One POST to the events edge, as it arrived."""

    version: str
    pixel_id: str
    token: str | None
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Ruling:
    """Meta's answer, and the events that it has accepted."""

    status: int
    answer: dict[str, Any]
    events: tuple[dict[str, Any], ...] = ()


def judge(request: GraphRequest, *, registry: Registry, now: datetime) -> Ruling:
    """Return Meta's answer to a request."""
    trace_id = _trace_id(request.body, now)
    try:
        _check_caller(request, registry, now)
        events = _check_body(_parse(request), now)
    except RefusedError as refusal:
        return Ruling(refusal.status, refusal.body(trace_id))
    answer = {"events_received": len(events), "messages": [], "fbtrace_id": trace_id}
    return Ruling(200, answer, tuple(events))


def _trace_id(body: bytes, now: datetime) -> str:
    digest = hashlib.sha256(body + now.isoformat().encode()).digest()
    return "A" + base64.urlsafe_b64encode(digest)[:22].decode()


def _check_caller(request: GraphRequest, registry: Registry, now: datetime) -> None:
    if not _VERSION.fullmatch(request.version):
        raise unknown_path(f"/{request.version}")
    if registry.pixels.get(request.pixel_id) != registry.check(request.token, now=now):
        raise unknown_object(request.pixel_id)


def _parse(request: GraphRequest) -> dict[str, Any]:
    media_type = request.content_type.partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise RefusedError("(#100) The request must be application/json")
    try:
        body = json.loads(request.body, parse_constant=_no_constants)
    except (ValueError, RecursionError):
        raise RefusedError("(#100) The request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise RefusedError("(#100) The request body must be a JSON object")
    return body


def _no_constants(name: str) -> NoReturn:
    raise ValueError(f"{name} is Python's, not JSON")


def _check_body(body: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    for key in body:
        if key not in _REQUEST_KEYS:
            raise unexpected_key(key, "$")
    _check_labels(body)
    events = body.get("data")
    if not isinstance(events, list) or not 1 <= len(events) <= _MAX_EVENTS:
        raise invalid("data", f"must be an array of 1 to {_MAX_EVENTS} events")
    for index, event in enumerate(events):
        check_event(event, param=f"$['data'][{index}]", now=now)
    return events


def _check_labels(body: dict[str, Any]) -> None:
    code = body.get("test_event_code", "TEST")
    if not isinstance(code, str) or not code:
        raise invalid("test_event_code", "must be a non-empty string")
    agent = body.get("partner_agent", "none")
    if not isinstance(agent, str) or len(agent) > _MAX_AGENT_LENGTH:
        raise invalid("partner_agent", "must be a string of less than 23 characters")
    if sum(map(str.isalpha, agent)) < _MIN_AGENT_LETTERS:
        raise invalid("partner_agent", "must include at least two alphabetical characters")
