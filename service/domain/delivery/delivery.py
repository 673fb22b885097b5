"""The delivery of one event to one pixel: its status and its attempts."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from service.domain.delivery.verdict import Answer
from service.domain.events.reason import NO_DETAILS, Details, Reason, sentence


class DeliveryStatus(StrEnum):
    """The status of a delivery."""

    QUEUED = "queued"
    SENDING = "sending"
    RETRYING = "retrying"
    HELD = "held"
    SENT = "sent"
    ERROR = "error"
    SKIPPED = "skipped"


class Wait(StrEnum):
    """What a parked delivery waits for."""

    TOKEN = "token"  # noqa: S105 - the word for it, not one
    PACE = "pace"
    VENDOR = "vendor"
    CURRENCY = "currency"
    ADDRESS = "address"
    INSTALLATION = "installation"


MOST_TRIES_KEPT = 24


class Try(Struct, frozen=True, kw_only=True):
    """One request to the vendor and its result; `answer` is `None` if it was cut short."""

    at: datetime
    took: timedelta | None = None
    answer: Answer | None = None
    explanation: Reason = Reason.NONE
    code: int | None = None
    subcode: int | None = None
    http_status: int | None = None
    trace_id: str | None = None

    @property
    def sentence(self) -> str:
        """Return the answer in words."""
        details = Details(code=self.code, subcode=self.subcode, http_status=self.http_status)
        return sentence(self.explanation, details)


class Delivery(Struct, frozen=True, kw_only=True):
    """One event going to one role's pixel.

    `not_before` guards against early and doubled tasks: until then an attempt, a pause or a wait
    is still running. `due_at` is when the sweep handles it: a final delivery has none, nor has one
    that waits, since the winery's recheck reads those. `details` go with the `reason`.
    `attempts` minus `answered` is how often the answer was lost, so how often Meta may have seen
    the same event id twice; `spent` counts the attempts of this run. An `error` that waits for the
    vendor `is_revived` by its next attempt, a slow retry; each run then has one attempt. `dropped`
    names the keys that the vendor refused and that are left out since. `pixel_id` is the pixel that
    the last attempt really used. `tries` are the last 24 attempts, oldest first. `queued_at` is
    when it was new, and `resumed_at` when it last went on after a wait.
    """

    status: DeliveryStatus = DeliveryStatus.QUEUED
    reason: Reason | None = None
    details: Details = NO_DETAILS
    waits_for: Wait | None = None
    attempts: int = 0
    answered: int = 0
    spent: int = 0
    is_revived: bool = False
    dropped: tuple[str, ...] = ()
    not_before: datetime | None = None
    due_at: datetime | None = None
    lease_id: str | None = None
    queued_at: datetime | None = None
    resumed_at: datetime | None = None
    leased_at: datetime | None = None
    pixel_id: str | None = None
    code: int | None = None
    subcode: int | None = None
    trace_id: str | None = None
    finished_at: datetime | None = None
    tries: tuple[Try, ...] = ()

    @property
    def sentence(self) -> str:
        """Return the reason in words."""
        return sentence(self.reason, self.details)

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more will happen by itself."""
        is_failed = self.status is DeliveryStatus.ERROR and self.waits_for is None
        return is_failed or self.status in {DeliveryStatus.SENT, DeliveryStatus.SKIPPED}

    @property
    def is_idle(self) -> bool:
        """Tell whether it is not final, and no attempt is under way."""
        return not self.is_final and self.status is not DeliveryStatus.SENDING

    @property
    def is_under_way(self) -> bool:
        """Tell whether it is in its first run: not final, not parked, and no slow retry."""
        return not self.is_final and self.waits_for is None and not self.is_revived

    @property
    def is_slow_retry(self) -> bool:
        """Tell whether its first run is over, so that it must not delay new deliveries."""
        return self.is_revived or self.waits_for is Wait.VENDOR

    def is_open(self, now: datetime) -> bool:
        """Tell whether an attempt may start now."""
        return not self.is_final and (self.not_before is None or now >= self.not_before)

    def is_due(self, now: datetime) -> bool:
        """Tell whether its task seems lost, or its wait is over."""
        return self.due_at is not None and now >= self.due_at
