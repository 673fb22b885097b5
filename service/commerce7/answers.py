"""Reading the answers of Commerce7's API: the object, or the one typed reason why there is none.

Reference: Commerce7 developer documentation, "Commerce7 APIs". A missing scope answers 401, as a
wrong key and a winery that has uninstalled do. `Retry-After` is not promised, but honoured.
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
    HTTPStatus.TOO_MANY_REQUESTS: Refusal.TOO_OFTEN,
}
_LONGEST_WAIT = timedelta(hours=1)
_UNTOLD_WAIT = timedelta(minutes=1)


def read_object(status: int, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Fields:
    """Return the object in an answer.

    Raises:
        ShopError: it holds none; an answer that makes no sense counts as no answer.
    """
    if status == HTTPStatus.OK:
        return Fields(_object(body))
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


def _retry_after(
    refusal: Refusal, headers: Mapping[str, str], *, now: datetime
) -> timedelta | None:
    told = headers.get("retry-after") or ""
    wait = _seconds(told) or _until(told, now=now)
    if wait and wait > timedelta(0):
        return min(wait, _LONGEST_WAIT)
    return _UNTOLD_WAIT if refusal is Refusal.TOO_OFTEN else None


def _seconds(told: str) -> timedelta | None:
    is_number = told.isascii() and told.isdigit() and len(told) < len("1000000")
    return timedelta(seconds=int(told)) if is_number else None


def _until(told: str, *, now: datetime) -> timedelta | None:
    try:
        return parsedate_to_datetime(told) - now
    except (ValueError, TypeError):
        return None
