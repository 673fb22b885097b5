"""The faults of the sandbox's Meta, and its answers under each."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from tests.sandbox.answers import UNAVAILABLE, UNREAD, CannedAnswer
from tests.sandbox.faults import DEFAULT_HANG_SECONDS, Moods

BRIEF_SECONDS = 3

DISLIKED_KEY = "client_ip_address"
"""The key that the "picky" fault refuses."""


class FaultMode(StrEnum):
    """The ways in which a request to Meta can go wrong."""

    ERROR_500 = "error500"
    HTML_502 = "html502"
    HTML_503 = "html503"
    THROTTLED = "throttled"
    BRIEFLY = "briefly"
    EXPIRED = "expired"
    INVALID = "invalid"
    HANG = "hang"
    RESET = "reset"
    LOST = "lost"
    ZERO = "zero"
    PICKY = "picky"


DESCRIPTIONS: Mapping[FaultMode, str] = {
    FaultMode.ERROR_500: "HTTP 500, a transient error (code 2)",
    FaultMode.HTML_502: "HTTP 502 with an HTML page",
    FaultMode.HTML_503: "HTTP 503 with an HTML page",
    FaultMode.THROTTLED: "Throttled (code 80004), free again in 1 minute",
    FaultMode.BRIEFLY: f"Throttled (code 17), free again in {BRIEF_SECONDS} s",
    FaultMode.EXPIRED: "The token has expired (code 190/463)",
    FaultMode.INVALID: "Invalid parameter for good (code 100/2804050)",
    FaultMode.HANG: f"Take the event, answer after {DEFAULT_HANG_SECONDS:.0f} s",
    FaultMode.RESET: "Reset the connection, take nothing",
    FaultMode.LOST: "Take the event, lose the answer",
    FaultMode.ZERO: "HTTP 200, but no event received",
    FaultMode.PICKY: "Invalid parameter (code 100) to who sends a client IP address, and says so",
}

MOODS = Moods(descriptions=DESCRIPTIONS, well="behave")

DROPS_CONNECTION = frozenset({FaultMode.RESET, FaultMode.LOST})
"""Faults without an answer to the client."""

TAKES_EVENTS = frozenset({FaultMode.HANG, FaultMode.LOST})
"""Faults under which valid events are accepted nevertheless."""


def _error(message: str, code: int, **more: object) -> dict[str, Any]:
    error = {"message": message, "type": "OAuthException", "code": code, **more}
    return {"error": error | {"fbtrace_id": "AsandboxSandboxSandboxS"}}


_USAGE = (
    '{"1234567890":[{"type":"ads_management","call_count":100,"total_cputime":25,'
    '"total_time":25,"estimated_time_to_regain_access":1,'
    '"ads_api_access_tier":"standard_access"}]}'
)

ANSWERS: Mapping[FaultMode, CannedAnswer] = {
    FaultMode.ERROR_500: CannedAnswer(
        500, _error("Service temporarily unavailable", 2, is_transient=True)
    ),
    FaultMode.HTML_502: replace(UNAVAILABLE, status=502),
    FaultMode.HTML_503: UNAVAILABLE,
    FaultMode.BRIEFLY: CannedAnswer(
        400,
        _error("(#17) User request limit reached", 17),
        {"X-Ad-Account-Usage": f'{{"reset_time_duration":{BRIEF_SECONDS}}}'},
    ),
    FaultMode.THROTTLED: CannedAnswer(
        400,
        _error(
            "(#80004) There have been too many calls to this ad-account. Wait a bit and try again.",
            80004,
            error_subcode=2446079,
        ),
        {"X-Business-Use-Case-Usage": _USAGE},
    ),
    FaultMode.EXPIRED: CannedAnswer(
        400,
        _error("Error validating access token: Session has expired.", 190, error_subcode=463),
    ),
    FaultMode.INVALID: CannedAnswer(
        400,
        _error(
            "Invalid parameter",
            100,
            error_subcode=2804050,
            is_transient=False,
            error_user_title="You haven't added sufficient customer information parameter data "
            "for this event",
            error_user_msg="This event has no customer information parameters.",
        ),
    ),
    FaultMode.PICKY: CannedAnswer(
        400,
        _error(
            "Invalid parameter",
            100,
            is_transient=False,
            error_data={"blame_field_specs": [[f"data[0][user_data][{DISLIKED_KEY}]"]]},
        ),
    ),
    FaultMode.RESET: UNREAD,
    FaultMode.ZERO: CannedAnswer(
        200, {"events_received": 0, "messages": [], "fbtrace_id": "AsandboxSandboxSandboxS"}
    ),
}
