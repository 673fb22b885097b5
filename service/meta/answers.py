"""Reading Meta's answers: five classes, by `code` and `error_subcode`. Pure.

Reference: Meta's Graph API "Error handling", Marketing API "Error reference" and "Rate limiting".
The HTTP status counts only where there is no error object: Meta throttles with 400 and refuses
tokens with 400, 401 or 403. Message texts are localised and repeat tokens and values, so they are
not kept, and one is compared: only its text tells a missing proof of the app secret
(docs/adr/0002-metas-answers-in-five-classes.md).
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import Reason
from service.infra.http import Failure
from service.meta.blame import refused_key

_THROTTLED = frozenset({4, 17, 32, 341, 613, 80014, *range(80000, 80007)})
_TOKEN = frozenset({3, 10, 102, 104, 190, 294, 803, *range(200, 300)})
_TRANSIENT = frozenset({1, 2, 368, 5000, 21009})
_INVALID_PARAMETER = 100
_UNKNOWN_PATH = 2500
_MISSING_OBJECT = 33
# The name of a parameter, so it is the same in every language.
_PROOF_PARAMETER = "appsecret_proof"
_OK_RANGE = range(200, 300)
_TOO_MANY_REQUESTS = 429
_LONGEST_HOLD = timedelta(hours=24)
_LARGEST_NUMBER = 10**9
_TRACE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

_REASONS = {
    (100, 33): Reason.PIXEL_UNKNOWN,
    (100, 2804003): Reason.EVENT_TOO_OLD,
    (100, 2804004): Reason.FUTURE_TIME,
    (100, 2804009): Reason.VALUE_MISSING,
    (100, 2804010): Reason.CURRENCY_MISSING,
    (100, 2804011): Reason.CURRENCY_REFUSED,
    (100, 2804050): Reason.NOBODY_MATCHED,
    (190, 463): Reason.TOKEN_EXPIRED,
}
_CLASS_REASONS = {
    Answer.TRANSIENT: Reason.META_UNABLE,
    Answer.THROTTLED: Reason.META_SLOWS_US_DOWN,
    Answer.TOKEN: Reason.TOKEN_REFUSED,
    Answer.PERMANENT: Reason.EVENT_REFUSED,
}
_SILENCES = {
    Failure.LATE: Reason.META_TIMED_OUT,
    Failure.BROKEN: Reason.META_UNREACHABLE,
    Failure.TOO_LONG: Reason.META_TALKS_TOO_LONG,
}


class Call(StrEnum):
    """The kind of request. Error 100 without a subcode means "no permission" only for a read."""

    SEND = "send"
    READ = "read"


def read_answer(
    status: int, body: bytes, headers: Mapping[str, str], *, call: Call = Call.SEND
) -> Verdict:
    """Return the verdict in an answer to one event.

    Names in `headers` must be case-insensitive.
    """
    parsed = _parse(body)
    error = parsed.get("error") if isinstance(parsed, dict) else None
    if isinstance(error, dict):
        return _refusal(status, error, headers, call=call)
    if (
        status in _OK_RANGE
        and isinstance(parsed, dict)
        and _whole(parsed.get("events_received")) == 1
    ):
        return Verdict(answer=Answer.ACCEPTED, trace_id=_trace_id(parsed))
    if status == _TOO_MANY_REQUESTS:
        return _without_code(Answer.THROTTLED, status, _regain_after(headers))
    # An HTML page, an empty 200 or a count other than one is no refusal of the event: retry.
    return _without_code(Answer.TRANSIENT, status)


def no_answer(failure: Failure) -> Verdict:
    """Return the verdict on a request without an answer."""
    return Verdict(answer=Answer.TRANSIENT, answered=False, reason=_SILENCES[failure])


def classify(
    code: int | None, subcode: int | None, *, call: Call = Call.SEND, is_transient: bool = False
) -> Answer:
    """Return the class of an error object; an unknown code is transient, so it is retried.

    `is_transient` is Meta's own word that the request may be repeated. It overrules a refusal of
    the event, but nothing about the token or the rate (Meta: Graph API, "Error handling").
    """
    if code is None or code < 0 or code in _TRANSIENT:
        return Answer.TRANSIENT
    if code in _THROTTLED:
        return Answer.THROTTLED
    if code in _TOKEN or (code == _INVALID_PARAMETER and subcode == _MISSING_OBJECT):
        return Answer.TOKEN
    if code == _INVALID_PARAMETER:
        may_not_read = call is Call.READ and subcode is None
        return Answer.TOKEN if may_not_read else _refused(is_transient=is_transient)
    return _refused(is_transient=is_transient) if code == _UNKNOWN_PATH else Answer.TRANSIENT


def _refused(*, is_transient: bool) -> Answer:
    return Answer.TRANSIENT if is_transient else Answer.PERMANENT


def _refusal(
    status: int, error: dict[str, Any], headers: Mapping[str, str], *, call: Call
) -> Verdict:
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    answer = classify(code, subcode, call=call, is_transient=error.get("is_transient") is True)
    reason = _CLASS_REASONS[answer]
    if answer is not Answer.TRANSIENT:
        reason = _REASONS.get((code or 0, subcode or 0), reason)
    if _lacks_proof(code, subcode, error.get("message")):
        answer, reason = Answer.TOKEN, Reason.PROOF_REQUIRED
    return Verdict(
        answer=answer,
        reason=reason,
        code=code,
        subcode=subcode,
        http_status=status if code is None else None,
        trace_id=_trace_id(error),
        retry_after=_regain_after(headers) if answer is Answer.THROTTLED else None,
        refused_key=refused_key(error, subcode) if answer is Answer.PERMANENT else None,
    )


def _lacks_proof(code: int | None, subcode: int | None, message: object) -> bool:
    """Tell whether the token's app wants a proof of its secret (Meta: "Secure Graph API Calls").

    The answer has the code of an invalid event, so the name in its text is the only difference.
    """
    is_general = code == _INVALID_PARAMETER and not subcode
    return is_general and isinstance(message, str) and _PROOF_PARAMETER in message.lower()


def _without_code(answer: Answer, status: int, retry_after: timedelta | None = None) -> Verdict:
    reason = _CLASS_REASONS[answer]
    return Verdict(answer=answer, reason=reason, http_status=status, retry_after=retry_after)


def _regain_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return the longest wait among the limits that Meta reports, at most 24 hours."""
    business = _parse((headers.get("x-business-use-case-usage") or "").encode())
    uses = [use for group in _values(business) if isinstance(group, list) for use in group]
    minutes = [
        _whole(use.get("estimated_time_to_regain_access")) for use in uses if _is_object(use)
    ]
    account = _parse((headers.get("x-ad-account-usage") or "").encode())
    seconds = _whole(account.get("reset_time_duration")) if isinstance(account, dict) else None
    longest = max(60 * max((m or 0 for m in minutes), default=0), seconds or 0)
    return min(timedelta(seconds=longest), _LONGEST_HOLD) if longest > 0 else None


def _parse(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON the other side chose
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _values(parsed: object) -> list[object]:
    return list(parsed.values()) if isinstance(parsed, dict) else []


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) < _LARGEST_NUMBER else None


def _trace_id(parsed: Mapping[str, Any]) -> str | None:
    # Meta's support asks for it. The pattern keeps any other text out of our log.
    trace_id = parsed.get("fbtrace_id")
    return trace_id if isinstance(trace_id, str) and _TRACE_ID.fullmatch(trace_id) else None
