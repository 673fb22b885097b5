"""The sandbox Meta's answers about a dataset's quality, in every shape. Pure.

Reference: Meta's "Dataset Quality API" and "Dataset Quality API for Offline Events".
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from tests.sandbox.answers import UNAVAILABLE, CannedAnswer
from tests.sandbox.faults import DEFAULT_HANG_SECONDS, Moods
from tests.sandbox.graph_errors import (
    RefusedError,
    missing_permission,
    unknown_field,
    unknown_object,
)
from tests.sandbox.meta_read_rules import ReadRequest, Registry, check_request

_SCORES = {"Purchase": 8.4, "Subscribe": 7.6, "Lead": 6.9, "AddToCart": 4.8}
_ANOTHER_SCORE = 7.3
_TRACE_ID = "AsandboxSandboxSandboxQ"


class QualityMode(StrEnum):
    """The ways in which an answer about quality may be another than scores."""

    EMPTY = "empty"
    PARTIAL = "partial"
    ODD = "odd"
    HUGE = "huge"
    ONLY_WEB = "only-web"
    NO_APP = "no-app"
    OPT_IN = "opt-in"
    DEAD_TOKEN = "dead-token"
    NO_DATASET = "no-dataset"
    THROTTLED = "throttled"
    ERROR_500 = "error500"
    HTML_503 = "html503"
    HANG = "hang"


DESCRIPTIONS: Mapping[QualityMode, str] = {
    QualityMode.EMPTY: "{}: no data yet",
    QualityMode.PARTIAL: "Events without scores, scores without details",
    QualityMode.ODD: "Other types in every place",
    QualityMode.HUGE: "Hundreds of events and hints",
    QualityMode.ONLY_WEB: "Refuses the field offline (code 100)",
    QualityMode.NO_APP: "The application has no permission (code 10)",
    QualityMode.OPT_IN: "The token's owner has not agreed (code 200)",
    QualityMode.DEAD_TOKEN: "The token has expired (code 190/463)",
    QualityMode.NO_DATASET: "There is no such dataset (code 2044055)",
    QualityMode.THROTTLED: "Throttled (code 80004)",
    QualityMode.ERROR_500: "HTTP 500, a transient error (code 2)",
    QualityMode.HTML_503: "HTTP 503 with an HTML page",
    QualityMode.HANG: f"Answer after {DEFAULT_HANG_SECONDS:.0f} s",
}

MOODS = Moods(descriptions=DESCRIPTIONS, well="scores")

_REFUSALS = {
    QualityMode.NO_APP: RefusedError(
        "(#10) Application does not have permission for this action", code=10
    ),
    QualityMode.OPT_IN: RefusedError("(#200) Permissions error", code=200, status=403),
    QualityMode.DEAD_TOKEN: RefusedError("Session has expired.", code=190, subcode=463),
    QualityMode.NO_DATASET: RefusedError("The dataset does not exist.", code=2044055),
    QualityMode.THROTTLED: RefusedError("(#80004) Too many calls.", code=80004),
    QualityMode.ERROR_500: RefusedError("Service unavailable", code=2, status=500),
}
_BODIES: Mapping[QualityMode, dict[str, Any]] = {
    QualityMode.EMPTY: {},
    QualityMode.PARTIAL: {
        "web": [
            {"event_name": "Purchase"},
            {"event_name": "Lead", "event_match_quality": {"composite_score": 6.1}},
        ]
    },
    QualityMode.ODD: {
        "web": [None, 7, "x", {"event_name": 7}, {"event_name": "Lead", "event_coverage": "x",
                "event_match_quality": {"composite_score": "high", "diagnostics": {"a": 1}}}],
        "offline": "none",
    },
    QualityMode.HUGE: {
        "web": [
            {
                "event_name": f"Custom event number {number} with a rather long name",
                "event_match_quality": {
                    "composite_score": number % 11,
                    "match_key_feedback": [{"identifier": f"key-{key}"} for key in range(60)],
                    "diagnostics": [{"name": "long " * 40, "solution": "word " * 80}] * 4,
                },
            }
            for number in range(60)
        ]
    },
}  # fmt: skip


def answer_about_quality(
    request: ReadRequest,
    *,
    registry: Registry,
    names: Collection[str],
    mode: QualityMode | None,
    now: datetime,
) -> CannedAnswer:
    """Return the answer about a pixel that has accepted events of these names."""
    if mode is QualityMode.HTML_503:
        return UNAVAILABLE
    try:
        return CannedAnswer(200, _told(request, registry, set(names), mode, now))
    except RefusedError as refusal:
        return CannedAnswer(refusal.status, refusal.body(_TRACE_ID))


def _told(
    request: ReadRequest,
    registry: Registry,
    names: set[str],
    mode: QualityMode | None,
    now: datetime,
) -> dict[str, Any]:
    check_request(request, {"dataset_id", "agent_name", "fields"})
    token = registry.check(request.token, now=now)
    pixel, fields = request.query.get("dataset_id", ""), request.query.get("fields", "")
    if registry.pixels.get(pixel) != token:
        raise unknown_object(pixel, method="get")
    if not fields.startswith("web{"):
        raise missing_permission()
    if mode is QualityMode.ONLY_WEB and "offline{" in fields:
        raise unknown_field("offline")
    if mode in _REFUSALS:
        raise _REFUSALS[mode]
    if mode and mode in _BODIES:
        return _BODIES[mode]
    return _scores(names, has_offline="offline{" in fields)


def _scores(names: set[str], *, has_offline: bool) -> dict[str, Any]:
    """Return scores of these events; `{}` where there are none, as Meta does."""
    told: dict[str, Any] = {"web": [_web(name) for name in sorted(names)]} if names else {}
    if has_offline and "Purchase" in names:
        told["offline"] = [_OFFLINE]
    return told


def _web(name: str) -> dict[str, Any]:
    return {
        "event_name": name,
        "event_match_quality": {
            "composite_score": _SCORES.get(name, _ANOTHER_SCORE),
            "match_key_feedback": [
                {
                    "identifier": "email",
                    "coverage": {"percentage": 98.5},
                    "potential_aly_acr_increase": {"percentage": 2.4, "description": "More."},
                },
                {"identifier": "ip_address", "coverage": {"percentage": 61.2}},
            ],
            "diagnostics": [
                {
                    "name": "Server sending mismatched IP addresses",
                    "description": "Some events have another IP address than the browser's.",
                    "solution": "Send the address of the shopper, and not that of a proxy.",
                    "percentage": 61.5,
                    "affected_event_count": 19567,
                    "total_event_count": 31830,
                }
            ],
        },
        "event_coverage": {"percentage": 34.1, "goal_percentage": 75, "description": "Low."},
        "dedupe_key_feedback": [
            {
                "dedupe_key": "event_id",
                "browser_events_with_dedupe_key": {"percentage": 100},
                "server_events_with_dedupe_key": {"percentage": 100},
                "overall_browser_coverage_from_dedupe_key": {"percentage": 14.8},
            }
        ],
        "data_freshness": {"upload_frequency": "real_time", "description": "Fresh."},
    }


_OFFLINE = {
    "event_name": "Purchase",
    "composite": {"score": 6.6, "recommendation": "Your score is fair and could be better."},
    "match_key": {
        "score": 5.6,
        "recommendation": "Send e-mail addresses and phone numbers.",
        "coverage": {"email": 71.0, "phone": 44.0},
    },
    "frequency": {"score": 4.6, "recommendation": "Send sales more often."},
    "freshness": {"score": 8.2, "recommendation": "Go on like this."},
}
