"""What the world may answer instead of doing what it was asked."""

from datetime import timedelta
from enum import Enum

from service.domain.events.reason import Reason


class StoreUnavailableError(Exception):
    """The store did not answer in time, or refused: nothing may be taken as done."""


class QueueUnavailableError(Exception):
    """The queue did not take the task; whatever was recorded stays for the sweep."""


class MailError(Exception):
    """The e-mail was not taken; the message says why, and names no address."""


class UnsealError(Exception):
    """A sealed text is damaged, of another tenant, or older than every key we have."""


class NoSessionError(Exception):
    """A text that should be a session of ours is forged, damaged or meant for something else."""


class NotOurQueueError(Exception):
    """A caller's token is missing, forged, expired or meant for somebody else."""


class KeysUnavailableError(Exception):
    """Nobody can be known just now: the keys that prove tokens cannot be fetched."""


class NotAllowedCallerError(Exception):
    """A caller's token is genuine but names an account that may not call us."""


class Refusal(Enum):
    """Why a shop did not tell what it was asked, and the reason that it is in the log."""

    NOT_FOUND = Reason.SHOP_LACKS_IT
    NOT_ALLOWED = Reason.SHOP_REFUSES_US
    TOO_OFTEN = Reason.SHOP_SLOWS_US_DOWN
    NO_ANSWER = Reason.SHOP_SILENT


class ShopError(Exception):
    """The shop did not tell. `retry_after` is how long it asks us to leave it alone."""

    def __init__(self, refusal: Refusal, *, retry_after: timedelta | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.retry_after = retry_after

    @property
    def reason(self) -> Reason:
        """Return what the log says of it."""
        return self.refusal.value
