"""Reading the answers of Commerce7's API: an object, or a typed refusal.

Reference: Commerce7 developer documentation, "Commerce7 APIs". The answer is 401 for a missing
scope, a wrong key, and a winery that has uninstalled; 422 for a request with an unknown parameter.
A refusal's body has `statusCode` and `errors`, whatever its HTTP status; an object has neither.
`Retry-After` is undocumented, but honoured.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from service.commerce7.fields import Fields
from service.commerce7.json_text import NotJsonError, decode_json
from service.ports import Refusal, ShopError

_REFUSALS: Mapping[int, Refusal] = {
    HTTPStatus.UNAUTHORIZED: Refusal.NOT_ALLOWED,
    HTTPStatus.FORBIDDEN: Refusal.NOT_ALLOWED,
    HTTPStatus.NOT_FOUND: Refusal.NOT_FOUND,
    HTTPStatus.GONE: Refusal.NOT_FOUND,
    HTTPStatus.UNPROCESSABLE_ENTITY: Refusal.OUR_FAULT,
    HTTPStatus.TOO_MANY_REQUESTS: Refusal.TOO_OFTEN,
}
_LONGEST_WAIT = timedelta(hours=1)
_DEFAULT_WAIT = timedelta(minutes=1)


def read_object(status: int, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Fields:
    """Return the object in an answer.

    Raises:
        ShopError: the answer holds no object. A malformed answer counts as no answer.
    """
    if status == HTTPStatus.OK:
        found = _object(body)
        status = _status_inside(found)
        if status == HTTPStatus.OK:
            return Fields(found)
    refusal = _REFUSALS.get(status, Refusal.NO_ANSWER)
    raise ShopError(refusal, retry_after=_retry_after(refusal, headers, now=now))


def _object(body: bytes) -> dict[str, object]:
    try:
        parsed = decode_json(body)
    except NotJsonError as error:
        raise ShopError(Refusal.NO_ANSWER) from error
    if not isinstance(parsed, dict):
        raise ShopError(Refusal.NO_ANSWER)
    return parsed


def _status_inside(found: dict[str, object]) -> int:
    """Return the status that the body states; 500 if it has errors without one."""
    stated = Fields(found).number("statusCode")
    if stated is not None and stated >= HTTPStatus.BAD_REQUEST:
        return int(stated)
    has_errors = found.get("errors") is not None
    return HTTPStatus.INTERNAL_SERVER_ERROR if has_errors else HTTPStatus.OK


def _retry_after(
    refusal: Refusal, headers: Mapping[str, str], *, now: datetime
) -> timedelta | None:
    header = headers.get("retry-after") or ""
    wait = _seconds(header) or _until(header, now=now)
    if wait and wait > timedelta(0):
        return min(wait, _LONGEST_WAIT)
    return _DEFAULT_WAIT if refusal is Refusal.TOO_OFTEN else None


def _seconds(header: str) -> timedelta | None:
    is_number = header.isascii() and header.isdigit() and len(header) < len("1000000")
    return timedelta(seconds=int(header)) if is_number else None


def _until(header: str, *, now: datetime) -> timedelta | None:
    try:
        return parsedate_to_datetime(header) - now
    except (ValueError, TypeError):
        return None
