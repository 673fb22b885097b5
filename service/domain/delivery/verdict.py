"""What the vendor's answer means for a delivery."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from service.domain.events.reason import Details, Reason, sentence


class Answer(StrEnum):
    """The five classes of answers; each is decided once, where the answer is read."""

    ACCEPTED = "accepted"
    TRANSIENT = "transient"
    THROTTLED = "throttled"
    TOKEN = "token"  # noqa: S105 - the vendor refused the token; this is not one
    PERMANENT = "permanent"


class Verdict(Struct, frozen=True, kw_only=True):
    """One answer, classified.

    `answered` is false when the answer was lost: the event may have arrived all the same.
    `reason` is in our own words. The vendor's text is never kept: it repeats tokens and values of
    the request. `http_status` is kept where there was no code. `retry_after` is the vendor's own
    estimate, if it gave one. `refused_key` names the one optional key that the vendor
    refused (`domain/events/rejected_fields.py`); without it the event may pass.
    """

    answer: Answer
    answered: bool = True
    reason: Reason = Reason.NONE
    code: int | None = None
    subcode: int | None = None
    http_status: int | None = None
    trace_id: str | None = None
    retry_after: timedelta | None = None
    refused_key: str | None = None

    @property
    def details(self) -> Details:
        """Return the reason's details."""
        return Details(code=self.code, subcode=self.subcode, http_status=self.http_status)

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        return sentence(self.reason, self.details)
