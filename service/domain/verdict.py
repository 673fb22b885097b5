"""What a receiving vendor's answer means for the delivery that it answers."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Answer(StrEnum):
    """The five things an answer can mean; decided where it is read, then carried as data."""

    ACCEPTED = "accepted"
    TRANSIENT = "transient"
    THROTTLED = "throttled"
    TOKEN = "token"  # noqa: S105 - the vendor refused the token; this is not one
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One answer, read.

    `answered` is false when the answer was lost: the event may have arrived all the same.
    `explanation` is our own sentence. The vendor's text is never kept: it repeats tokens and
    values of the request. `retry_after` is the vendor's own estimate, if it gave one.
    `refused_key` names the one optional key (`domain/healing.py`) that the vendor would not take;
    without it the event may pass.
    """

    answer: Answer
    answered: bool = True
    explanation: str = ""
    code: int | None = None
    subcode: int | None = None
    trace_id: str | None = None
    retry_after: timedelta | None = None
    refused_key: str | None = None
