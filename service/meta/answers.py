"""Reading Meta's answers: five classes, decided by `code` and `error_subcode`.

Reference: Meta's Graph API "Error handling", Marketing API "Error reference" and "Rate limiting".
The HTTP status counts only where there is no error object: Meta throttles with 400 and refuses
tokens with 400, 401 or 403. Message texts are localised and echo tokens and values, so they
are neither compared nor kept.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec

from service.domain.verdict import Answer, Verdict
from service.meta.blame import refused_key

_THROTTLED = frozenset({4, 17, 32, 341, 613, 80014, *range(80000, 80007)})
_TOKEN = frozenset({3, 10, 102, 104, 190, 294, 803, *range(200, 300)})
_TRANSIENT = frozenset({1, 2, 368, 5000, 21009})
_INVALID_PARAMETER = 100
_UNKNOWN_PATH = 2500
_MISSING_OBJECT = 33
_OK_RANGE = range(200, 300)
_TOO_MANY_REQUESTS = 429
_LONGEST_HOLD = timedelta(hours=24)
_LARGEST_NUMBER = 10**9
_TRACE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

_EXPLANATIONS = {
    (100, 33): "Meta does not know this pixel, or the token may not send to it",
    (100, 2804003): "Meta refused the event: it is older than 7 days",
    (100, 2804004): "Meta refused the event: its time lies in the future",
    (100, 2804009): "Meta refused the event: the value is missing",
    (100, 2804010): "Meta refused the event: the currency is missing",
    (100, 2804011): "Meta refused the event: it does not accept the currency",
    (100, 2804050): "Meta refused the event: too little customer information to match a person",
    (190, 463): "The access token has expired",
}
_CLASS_EXPLANATIONS = {
    Answer.TRANSIENT: "Meta could not take the event for the moment",
    Answer.THROTTLED: "Meta asks us to slow down",
    Answer.TOKEN: "Meta refused the access token",
    Answer.PERMANENT: "Meta refused the event",
}


class Call(StrEnum):
    """What was asked. One answer differs: a token that may only send may not read."""

    SEND = "send"
    READ = "read"


def read_answer(
    status: int, body: bytes, headers: Mapping[str, str], *, call: Call = Call.SEND
) -> Verdict:
    """Return what an answer to one event means.

    `headers` must look names up without regard to case.
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
    # An HTML page, an empty 200 or a count other than one: nobody said that the event is wrong.
    return _without_code(Answer.TRANSIENT, status)


def no_answer(what: str) -> Verdict:
    """Return the verdict on an attempt whose answer never came; `what` says why, in words."""
    return Verdict(
        answer=Answer.TRANSIENT, answered=False, explanation=f"Meta did not answer: {what}"
    )


def classify(code: int | None, subcode: int | None, *, call: Call = Call.SEND) -> Answer:
    """Return the class of an error object; an unknown code is worth a bounded retry."""
    if code is None or code < 0 or code in _TRANSIENT:
        return Answer.TRANSIENT
    if code in _THROTTLED:
        return Answer.THROTTLED
    if code in _TOKEN or (code == _INVALID_PARAMETER and subcode == _MISSING_OBJECT):
        return Answer.TOKEN
    if code == _INVALID_PARAMETER:
        may_not_read = call is Call.READ and subcode is None
        return Answer.TOKEN if may_not_read else Answer.PERMANENT
    return Answer.PERMANENT if code == _UNKNOWN_PATH else Answer.TRANSIENT


def _refusal(
    status: int, error: dict[str, Any], headers: Mapping[str, str], *, call: Call
) -> Verdict:
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    answer = classify(code, subcode, call=call)
    where = f"code {code}" if code is not None else f"HTTP {status}"
    where += f", subcode {subcode}" if subcode is not None else ""
    explanation = _EXPLANATIONS.get((code or 0, subcode or 0)) or _CLASS_EXPLANATIONS[answer]
    return Verdict(
        answer=answer,
        explanation=f"{explanation} ({where})",
        code=code,
        subcode=subcode,
        trace_id=_trace_id(error),
        retry_after=_regain_after(headers) if answer is Answer.THROTTLED else None,
        refused_key=refused_key(error, subcode) if answer is Answer.PERMANENT else None,
    )


def _without_code(answer: Answer, status: int, retry_after: timedelta | None = None) -> Verdict:
    explanation = f"{_CLASS_EXPLANATIONS[answer]} (HTTP {status})"
    return Verdict(answer=answer, explanation=explanation, retry_after=retry_after)


def _regain_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return Meta's own estimate: the longest of all the limits that it reports."""
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
    # Kept for a talk with Meta's support; its alphabet keeps anything else out of our log.
    trace_id = parsed.get("fbtrace_id")
    return trace_id if isinstance(trace_id, str) and _TRACE_ID.fullmatch(trace_id) else None
