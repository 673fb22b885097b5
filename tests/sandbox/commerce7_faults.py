"""The faults of the sandbox's Commerce7 API, and its answers under each."""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

from tests.sandbox.answers import UNAVAILABLE, UNREAD, CannedAnswer
from tests.sandbox.commerce7_errors import error
from tests.sandbox.faults import DEFAULT_HANG_SECONDS, Moods

_SLOW_SECONDS = 3.0
_BACK_IN_SECONDS = 2


class ApiFaultMode(StrEnum):
    """The ways in which a request to the API can go wrong."""

    ERROR_500 = "error500"
    HTML_503 = "html503"
    UNAUTHORIZED = "unauthorized"
    THROTTLED = "throttled"
    NOT_JSON = "notjson"
    RESET = "reset"
    SLOW = "slow"
    HANG = "hang"


_DESCRIPTIONS: Mapping[ApiFaultMode, str] = {
    ApiFaultMode.ERROR_500: "HTTP 500 with an error in JSON",
    ApiFaultMode.HTML_503: "HTTP 503 with an HTML page",
    ApiFaultMode.UNAUTHORIZED: "HTTP 401, as if the app were uninstalled",
    ApiFaultMode.THROTTLED: f"HTTP 429, free again in {_BACK_IN_SECONDS} s",
    ApiFaultMode.NOT_JSON: "HTTP 200 with broken JSON",
    ApiFaultMode.RESET: "Reset the connection, answer nothing",
    ApiFaultMode.SLOW: f"Answer well after {_SLOW_SECONDS:.0f} s",
    ApiFaultMode.HANG: f"Answer after {DEFAULT_HANG_SECONDS:.0f} s",
}

API_MOODS = Moods(descriptions=_DESCRIPTIONS, well="ok", seconds={ApiFaultMode.SLOW: _SLOW_SECONDS})

WAITS = frozenset({ApiFaultMode.SLOW, ApiFaultMode.HANG})
"""Faults that give the right answer, but late."""

API_ANSWERS: Mapping[ApiFaultMode, CannedAnswer] = {
    ApiFaultMode.ERROR_500: error(HTTPStatus.INTERNAL_SERVER_ERROR),
    ApiFaultMode.HTML_503: UNAVAILABLE,
    ApiFaultMode.UNAUTHORIZED: error(HTTPStatus.UNAUTHORIZED),
    ApiFaultMode.THROTTLED: error(HTTPStatus.TOO_MANY_REQUESTS, retry_after=_BACK_IN_SECONDS),
    ApiFaultMode.NOT_JSON: CannedAnswer(
        200, '{"id": "00000000-0000', {"Content-Type": "application/json"}
    ),
    ApiFaultMode.RESET: UNREAD,
}
