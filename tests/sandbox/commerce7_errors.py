"""Refusals in the shape of Commerce7's API.

Reference: Commerce7's developer documentation, "Authenticate your app". Only the type
`unauthorized` is documented; the names of the others are guesses.
"""

from http import HTTPStatus
from typing import Any

from tests.sandbox.answers import CannedAnswer

_TYPES = {
    HTTPStatus.UNAUTHORIZED: "unauthorized",
    HTTPStatus.NOT_FOUND: "notFound",
    HTTPStatus.UNPROCESSABLE_ENTITY: "unprocessableEntity",
    HTTPStatus.TOO_MANY_REQUESTS: "tooManyRequests",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internalServerError",
}


def error(status: HTTPStatus, *, retry_after: int | None = None) -> CannedAnswer:
    """Return a refusal; `retry_after` in seconds."""
    body: dict[str, Any] = {
        "statusCode": status.value,
        "type": _TYPES[status],
        "message": status.phrase,
        "errors": [],
    }
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return CannedAnswer(status.value, body, headers)
