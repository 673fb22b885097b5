"""The errors that ports raise."""

from datetime import timedelta
from enum import Enum

from service.domain.events.reason import Reason


class StoreUnavailableError(Exception):
    """The store did not answer in time, or refused: do not rely on anything being written."""


class QueueUnavailableError(Exception):
    """The queue did not take the task; the sweep enqueues recorded work again."""


class MailError(Exception):
    """The mail server did not take the e-mail; the message says why, and names no address."""


class UnsealError(Exception):
    """A sealed text is damaged, belongs to another tenant, or its key is no longer kept."""


class NoSessionError(Exception):
    """A session text is forged, damaged, or was signed for another purpose."""


class NotOurQueueError(Exception):
    """A caller's token is missing, forged, expired or meant for another service."""


class KeysUnavailableError(Exception):
    """No token can be verified now: the public keys cannot be fetched."""


class NotAllowedCallerError(Exception):
    """A caller's token is genuine but names an account that may not call us."""


class Refusal(Enum):
    """Why a shop did not answer a request; each value is the reason that the log shows.

    With `OUR_FAULT` the shop did not understand the request, so repeating it is of no use.
    """

    NOT_FOUND = Reason.SHOP_LACKS_IT
    NOT_ALLOWED = Reason.SHOP_REFUSES_US
    TOO_OFTEN = Reason.SHOP_SLOWS_US_DOWN
    OUR_FAULT = Reason.SHOP_REJECTS_REQUEST
    NO_ANSWER = Reason.SHOP_SILENT


class ShopError(Exception):
    """The shop did not answer the request. `retry_after` is the pause that it asked for, if any."""

    def __init__(self, refusal: Refusal, *, retry_after: timedelta | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.retry_after = retry_after

    @property
    def reason(self) -> Reason:
        """Return the reason that the log shows."""
        return self.refusal.value
