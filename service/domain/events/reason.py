"""Why an event waits, is skipped, held or failed: one type, and the data that goes with it. Pure.

The values are what is stored, so they never change. Variable data (Meta's codes, the number of
attempts) is in `Details`, and `sentence` joins the two in words. No code parses a sentence.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.key_words import shown_keys


class Reason(StrEnum):
    """A reason; each has a line in `web/eventlog/reasons.py` and a heading in the documentation.

    A stored text that is not a member is kept: it comes from a newer release, or from an old one
    whose texts included the codes. It `is_unknown`, equals its text, and is written back unchanged.
    """

    NONE = ""

    # waiting
    NOT_PAID_YET = "not paid yet"
    NOT_BOOKED_YET = "not booked yet"
    BOOKING_ON_HOLD = "on hold"
    NO_BOOKING_DATE_YET = "no booking date yet"
    NO_ACCOUNT_YET = "no account yet"
    MEMBERSHIP_NOT_STARTED = "membership not started yet"
    CANCELLATION_AHEAD = "the membership ends later"
    NO_ORDER_DATE_YET = "no order date yet"
    NO_SIGN_UP_DATE_YET = "no sign-up date yet"
    NO_TOTAL_YET = "no total yet"

    # the shop's answer to a look-up
    SHOP_LACKS_IT = "Commerce7 does not know it"
    SHOP_REFUSES_US = "Commerce7 refuses us access"
    SHOP_SLOWS_US_DOWN = "Commerce7 asks us to slow down"
    SHOP_REJECTS_REQUEST = "Commerce7 does not understand our request"
    SHOP_SILENT = "Commerce7 did not answer"
    NOT_LOOKED_UP = "could not be looked up"

    # not wanted
    NOT_INSTALLED = "not installed"
    UNINSTALLED = "uninstalled"
    SWITCHED_OFF = "switched off"
    NOT_SET_UP = "not set up"
    PIXEL_REMOVED = "pixel removed"
    ERASED = "erased at the person's wish"
    SHOPPER_REFUSED = "the shopper refused"

    # not an event
    REFUND = "refund"
    EXCHANGE = "exchange"
    PICKUP_TO_SHIP = "pickup to ship"
    OTHER_ORDER = "other"
    IMPORT = "import"
    FRAUD = "fraud"
    CANCELLED = "cancelled"
    NO_SHOW = "no show"
    NOTHING_PAID = "nothing paid"
    UNKNOWN_CHANNEL = "unknown channel"
    MEMBERSHIP_ON_HOLD = "membership on hold"
    MEMBERSHIP_CANCELLED = "membership cancelled"
    MEMBERSHIP_OTHER = "membership other"
    SWITCHED_CLUBS = "switched clubs"
    NO_ACCOUNT = "no account"
    NOT_A_SIGN_UP = "not a sign-up"
    NO_EMAIL = "no e-mail address"
    OWN_CUSTOMER = "the winery's own customer record"
    NO_MATCH_KEYS = "no match keys"
    TOO_OLD = "older than 7 days"

    # held
    CURRENCY_UNKNOWN = "currency unknown"
    ADDRESS_UNKNOWN = "shop address unknown"
    INSTALL_UNCONFIRMED = "Commerce7 has not confirmed the installation yet"
    UNINSTALL_REPORTED = "an uninstall was reported, and Commerce7 does not say whether it is so"
    TOKEN_MISSING = "no access token: enter one in the settings"  # noqa: S105 - words, not one
    TOKEN_UNREADABLE = "the access token cannot be read: enter it again"  # noqa: S105 - words

    # Meta's answer; its codes are in the details
    META_TIMED_OUT = "Meta did not answer: time-out"
    META_UNREACHABLE = "Meta did not answer: connection failed"
    META_TALKS_TOO_LONG = "Meta did not answer: answer too long"
    META_UNABLE = "Meta could not take the event for the moment"
    META_SLOWS_US_DOWN = "Meta asks us to slow down"
    TOKEN_EXPIRED = "The access token has expired"  # noqa: S105 - words, not one
    TOKEN_REFUSED = "Meta refused the access token"  # noqa: S105 - words, not one
    PROOF_REQUIRED = "The app of the access token requires a proof of its secret"
    PIXEL_UNKNOWN = "Meta does not know this pixel, or the token may not send to it"
    EVENT_REFUSED = "Meta refused the event"
    EVENT_TOO_OLD = "Meta refused the event: it is older than 7 days"
    FUTURE_TIME = "Meta refused the event: its time lies in the future"
    VALUE_MISSING = "Meta refused the event: the value is missing"
    CURRENCY_MISSING = "Meta refused the event: the currency is missing"
    CURRENCY_REFUSED = "Meta refused the event: it does not accept the currency"
    NOBODY_MATCHED = "Meta refused the event: too little customer information to match a person"

    # how an attempt or a delivery ended
    CUT_SHORT = "cut short"
    EVERY_ATTEMPT_CUT_SHORT = "every attempt was cut short"
    LAST_ATTEMPT_CUT_SHORT = "the last attempt was cut short"
    SENT_WITHOUT = "sent without what was refused"
    TOO_LATE = "could not be sent within 7 days"
    EVENT_UNREADABLE = "the event could not be read back"
    SIGNAL_UNREADABLE = "the signal could not be read back"

    # resent, or why not
    ASKED_AGAIN = "Commerce7 is asked for it again"
    NO_LONGER_SO = "Commerce7 no longer says that it happened"
    NOT_SENT_AGAIN = "could not be sent again"
    ID_UNREADABLE = "its id cannot be read back"
    GONE = "could not be sent again: Commerce7 does not know it"
    KNOWN_TO_BE_GONE = "Commerce7 no longer has it"
    SIGN_UP_NOT_KEPT = "a sign-up whose customer is no longer named here"
    VISIT_NOT_KEPT = "a visit of which the browser's signals are gone"
    A_TEST = "a test"
    TAKEN = "its pixel has it already"

    @classmethod
    def _missing_(cls, value: object) -> "Reason | None":
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = "UNKNOWN"
        unknown._value_ = value
        return unknown

    @property
    def is_unknown(self) -> bool:
        """Tell whether this is a stored text that is not one of the members."""
        return self.name not in type(self).__members__


_SHOWN: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.BOOKING_ON_HOLD: "reservation on hold",
        Reason.CANCELLATION_AHEAD: "membership ends later",
        Reason.SHOP_LACKS_IT: "not found in Commerce7",
        Reason.SHOP_REFUSES_US: "no access to Commerce7",
        Reason.SHOP_SLOWS_US_DOWN: "Commerce7 is limiting requests",
        Reason.SHOP_REJECTS_REQUEST: "Commerce7 did not accept the request",
        Reason.SHOP_SILENT: "Commerce7 did not respond",
        Reason.NOT_LOOKED_UP: "no details available",
        Reason.ERASED: "erased on request",
        Reason.SHOPPER_REFUSED: "shopper declined",
        Reason.PICKUP_TO_SHIP: "pickup changed to shipping",
        Reason.OTHER_ORDER: "not a sale",
        Reason.CANCELLED: "canceled",
        Reason.MEMBERSHIP_CANCELLED: "membership canceled",
        Reason.MEMBERSHIP_OTHER: "membership not active",
        Reason.OWN_CUSTOMER: "your own winery",
        Reason.NO_MATCH_KEYS: "too little customer information",
        Reason.INSTALL_UNCONFIRMED: "installation not confirmed yet",
        Reason.UNINSTALL_REPORTED: "uninstall not confirmed yet",
        Reason.TOKEN_MISSING: "no access token",
        Reason.TOKEN_UNREADABLE: "access token cannot be read",
        Reason.META_TIMED_OUT: "Meta did not respond in time",
        Reason.META_UNREACHABLE: "Meta could not be reached",
        Reason.META_TALKS_TOO_LONG: "Meta's response was incomplete",
        Reason.META_UNABLE: "Meta could not accept the event",
        Reason.META_SLOWS_US_DOWN: "Meta is limiting requests",
        Reason.PROOF_REQUIRED: "The access token requires an app secret proof",
        Reason.PIXEL_UNKNOWN: "Meta does not know this pixel, or the token has no access to it",
        Reason.FUTURE_TIME: "Meta refused the event: its time is in the future",
        Reason.CURRENCY_REFUSED: "Meta refused the event: currency not accepted",
        Reason.NOBODY_MATCHED: "Meta refused the event: too little customer information",
        Reason.CUT_SHORT: "interrupted",
        Reason.EVERY_ATTEMPT_CUT_SHORT: "every attempt was interrupted",
        Reason.LAST_ATTEMPT_CUT_SHORT: "the last attempt was interrupted",
        Reason.SENT_WITHOUT: "sent without a refused field",
        Reason.EVENT_UNREADABLE: "stored event cannot be read",
        Reason.SIGNAL_UNREADABLE: "stored data cannot be read",
        Reason.ASKED_AGAIN: "getting it from Commerce7 again",
        Reason.NO_LONGER_SO: "changed in Commerce7",
        Reason.ID_UNREADABLE: "stored ID cannot be read",
        Reason.GONE: "could not be sent again: no longer in Commerce7",
        Reason.KNOWN_TO_BE_GONE: "no longer in Commerce7",
        Reason.SIGN_UP_NOT_KEPT: "sign-up without a stored customer ID",
        Reason.VISIT_NOT_KEPT: "visit data already deleted",
        Reason.A_TEST: "test event",
        Reason.TAKEN: "already received by this pixel",
    }
)
"""What is shown of a reason whose stored words are not the page's."""


class Switch(StrEnum):
    """Which of a winery's switches is off."""

    EVERYTHING = "everything"
    EVENT = "event"
    CHANNEL = "channel"


class Details(Struct, frozen=True, kw_only=True):
    """Data that goes with a reason.

    `code`, `subcode` and `http_status` are Meta's; the status only where there was no code.
    `tried` is how many attempts had failed by then. `without` names the keys that Meta refused and
    that are left out since. `because` is the underlying reason; the other fields then describe it.
    """

    code: int | None = None
    subcode: int | None = None
    http_status: int | None = None
    tried: int | None = None
    without: str = ""
    because: Reason | None = None
    switch: Switch | None = None


NO_DETAILS = Details()
"""The details of a reason that has none."""


def sentence(reason: Reason | None, details: Details) -> str:
    """Return the reason in words; empty if there is no reason."""
    if reason is None or reason.is_unknown:
        return reason or ""  # such a text includes its details
    if reason is Reason.SWITCHED_OFF and details.switch is Switch.EVERYTHING:
        return "tracking was paused"
    if reason is Reason.SENT_WITHOUT and details.without:
        return f"sent without {shown_keys(details.without)}, which Meta refused"
    if details.because is not None:
        return f"{_words_of(reason)}: {sentence(details.because, replace(details, because=None))}"
    tried = f" (tried {details.tried} times)" if details.tried is not None else ""
    again = f"; sent again without {shown_keys(details.without)}" if details.without else ""
    return f"{_words_of(reason)}{_codes(details)}{tried}{again}"


def _words_of(reason: Reason) -> str:
    return reason if reason.is_unknown else _SHOWN.get(reason, reason)


def _codes(details: Details) -> str:
    known = {"code": details.code, "HTTP": details.http_status, "subcode": details.subcode}
    found = ", ".join(f"{word} {number}" for word, number in known.items() if number is not None)
    return f" ({found})" if found else ""
