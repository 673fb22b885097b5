"""The table of what the dashboard says about each reason. Pure.

A reason's own sentence is in the domain (`sentence`). This table adds the section of the
documentation, and what to do. `tests/architecture/test_help_links.py` checks that each reason has a
row, and each row's section a heading.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from service.domain.events.reason import Details, Reason

REASONS = "reasons"
"""The section on all reasons; it serves for a reason that this release does not know."""


class Advice(Struct, frozen=True, kw_only=True):
    """A piece of advice; `path` is the tab's address and field to follow it, or empty."""

    text: str
    path: str = ""
    action: str = ""


_NOT_SENT = Advice(text="No action needed.")


class Row(Struct, frozen=True, kw_only=True):
    """What the dashboard says about one reason.

    `section` is its section of the documentation. `skipped` is the advice on an event that was not
    sent for this reason, `failed` the advice on a delivery that failed for it, beside sending it
    again, and `not_again` the sentence on a failed event that cannot be resent for it.
    """

    section: str
    skipped: Advice = _NOT_SENT
    failed: str = ""
    not_again: str = ""


_SWITCHES = Advice(
    text="To send such events from now on, switch them on.",
    path="/configuration#events",
    action="Go to the switches",
)
WHILE_PAUSED = Advice(
    text="To send events from now on, switch tracking on.",
    path="/configuration#enabled",
    action="Go to the switch",
)
"""The advice on an event that was not sent because all sending was switched off."""
_ASK_FOR_CONTACT = (
    "In Commerce7 choose the customer in the order, or add an e-mail address or phone number to "
    "the customer. This customer's next events are then sent."
)
_NO_PERSON = Row(section="too-little-information", skipped=Advice(text=_ASK_FOR_CONTACT))
_LOOKING_UP = Row(section="looking-up")
_NO_DATE_YET = Row(section="no-date-yet")
_NOT_BOOKED_YET = Row(section="not-booked-yet")
_NO_ACCOUNT = Row(section="no-account")
_MEMBERSHIP_WAITS = Row(section="membership-waits")
_NOT_A_SALE = Row(section="not-a-sale")
_CANCELLED = Row(section="cancelled")
_NOT_ACTIVE = Row(section="membership-not-active")
_NOT_READ_BACK = Row(section="not-read-back")
_META_SILENT = Row(section="meta-silent")
_VALUE_REFUSED = Row(section="value-refused")
_CUT_SHORT = Row(section="cut-short")
_SEND_AGAIN = Row(section="send-again")
_NOT_SENT_AGAIN = Row(section="send-again")
_NOT_INSTALLED = Row(
    section="not-installed", not_again="It cannot be sent again, because 1Pixel is not installed."
)
_UNKNOWN = Row(section=REASONS)

ROWS: Mapping[Reason, Row] = MappingProxyType(
    {
        Reason.NONE: _UNKNOWN,
        # waiting
        Reason.NOT_PAID_YET: Row(section="not-paid-yet"),
        Reason.NOT_BOOKED_YET: _NOT_BOOKED_YET,
        Reason.BOOKING_ON_HOLD: _NOT_BOOKED_YET,
        Reason.NO_BOOKING_DATE_YET: _NO_DATE_YET,
        Reason.NO_ORDER_DATE_YET: _NO_DATE_YET,
        Reason.NO_SIGN_UP_DATE_YET: _NO_DATE_YET,
        Reason.NO_TOTAL_YET: _NO_DATE_YET,
        Reason.NO_ACCOUNT_YET: _NO_ACCOUNT,
        Reason.MEMBERSHIP_NOT_STARTED: _MEMBERSHIP_WAITS,
        Reason.CANCELLATION_AHEAD: _MEMBERSHIP_WAITS,
        # look-ups
        Reason.SHOP_LACKS_IT: _LOOKING_UP,
        Reason.SHOP_REFUSES_US: _LOOKING_UP,
        Reason.SHOP_SLOWS_US_DOWN: _LOOKING_UP,
        Reason.SHOP_REJECTS_REQUEST: _LOOKING_UP,
        Reason.SHOP_SILENT: _LOOKING_UP,
        Reason.NOT_LOOKED_UP: _LOOKING_UP,
        # not wanted
        Reason.NOT_INSTALLED: _NOT_INSTALLED,
        Reason.UNINSTALLED: _NOT_INSTALLED,
        Reason.SWITCHED_OFF: Row(
            section="switched-off",
            skipped=_SWITCHES,
            not_again="To send it again, switch on tracking, this event and its channel first.",
        ),
        Reason.NOT_SET_UP: Row(section="not-set-up"),
        Reason.PIXEL_REMOVED: Row(
            section="pixel-removed",
            skipped=Advice(text="Newer events go to the pixels under Configuration."),
            not_again="To send it again, enter its pixel under Configuration first.",
        ),
        Reason.ERASED: Row(section="erased"),
        # no event
        Reason.REFUND: _NOT_A_SALE,
        Reason.EXCHANGE: _NOT_A_SALE,
        Reason.PICKUP_TO_SHIP: _NOT_A_SALE,
        Reason.OTHER_ORDER: _NOT_A_SALE,
        Reason.IMPORT: Row(section="import"),
        Reason.FRAUD: Row(section="fraud"),
        Reason.CANCELLED: _CANCELLED,
        Reason.NO_SHOW: _CANCELLED,
        Reason.NOTHING_PAID: Row(section="nothing-paid"),
        Reason.UNKNOWN_CHANNEL: Row(section="unknown-channel"),
        Reason.MEMBERSHIP_ON_HOLD: _MEMBERSHIP_WAITS,
        Reason.MEMBERSHIP_CANCELLED: _NOT_ACTIVE,
        Reason.MEMBERSHIP_OTHER: _NOT_ACTIVE,
        Reason.SWITCHED_CLUBS: Row(section="switched-clubs"),
        Reason.NO_ACCOUNT: _NO_ACCOUNT,
        Reason.NOT_A_SIGN_UP: Row(section="not-a-sign-up"),
        Reason.NO_EMAIL: _NO_PERSON,
        Reason.OWN_CUSTOMER: Row(section="own-customer"),
        Reason.SHOPPER_REFUSED: Row(section="shopper-refused"),
        Reason.NO_MATCH_KEYS: _NO_PERSON,
        Reason.TOO_OLD: Row(
            section="too-old",
            not_again="It can no longer be sent, because Meta does not accept events this old.",
        ),
        # held
        Reason.CURRENCY_UNKNOWN: Row(section="currency-unknown"),
        Reason.ADDRESS_UNKNOWN: Row(section="address-unknown"),
        Reason.INSTALL_UNCONFIRMED: Row(section="install-unconfirmed"),
        Reason.UNINSTALL_REPORTED: Row(section="uninstall-reported"),
        Reason.TOKEN_MISSING: Row(section="token-missing"),
        Reason.TOKEN_UNREADABLE: Row(section="token-unreadable"),
        # what Meta answered
        Reason.META_TIMED_OUT: _META_SILENT,
        Reason.META_UNREACHABLE: _META_SILENT,
        Reason.META_TALKS_TOO_LONG: _META_SILENT,
        Reason.META_UNABLE: _META_SILENT,
        Reason.META_SLOWS_US_DOWN: Row(section="throttled"),
        Reason.TOKEN_EXPIRED: Row(section="token-expired"),
        Reason.TOKEN_REFUSED: Row(section="token-invalid"),
        Reason.PROOF_REQUIRED: Row(section="app-secret-proof"),
        Reason.PIXEL_UNKNOWN: Row(section="pixel-unknown"),
        Reason.EVENT_REFUSED: Row(section="event-refused"),
        Reason.EVENT_TOO_OLD: Row(section="too-old"),
        Reason.FUTURE_TIME: Row(section="future-time"),
        Reason.VALUE_MISSING: _VALUE_REFUSED,
        Reason.CURRENCY_MISSING: _VALUE_REFUSED,
        Reason.CURRENCY_REFUSED: Row(
            section="currency-refused", failed="Check the currency under Configuration."
        ),
        Reason.NOBODY_MATCHED: Row(section="too-little-information", failed=_ASK_FOR_CONTACT),
        # attempts
        Reason.CUT_SHORT: _CUT_SHORT,
        Reason.EVERY_ATTEMPT_CUT_SHORT: _CUT_SHORT,
        Reason.LAST_ATTEMPT_CUT_SHORT: _CUT_SHORT,
        Reason.SENT_WITHOUT: Row(section="sent-without"),
        Reason.TOO_LATE: Row(section="too-old"),
        Reason.EVENT_UNREADABLE: _NOT_READ_BACK,
        Reason.SIGNAL_UNREADABLE: _NOT_READ_BACK,
        # resent, or why not
        Reason.ASKED_AGAIN: _SEND_AGAIN,
        Reason.NO_LONGER_SO: _SEND_AGAIN,
        Reason.NOT_SENT_AGAIN: _NOT_SENT_AGAIN,
        Reason.ID_UNREADABLE: _SEND_AGAIN,
        Reason.GONE: _NOT_SENT_AGAIN,
        Reason.KNOWN_TO_BE_GONE: Row(
            section="send-again",
            not_again="It can no longer be sent, because Commerce7 no longer has it.",
        ),
        Reason.SIGN_UP_NOT_KEPT: Row(
            section="send-again",
            not_again="It cannot be sent again, because 1Pixel stores no customer IDs of sign-ups.",
        ),
        Reason.VISIT_NOT_KEPT: Row(
            section="send-again",
            not_again=(
                "It cannot be sent again, because the data of a visit is deleted after 30 minutes."
            ),
        ),
        Reason.A_TEST: Row(
            section="send-again", not_again="Fix the cause, then simulate the event again."
        ),
        Reason.TAKEN: Row(
            section="send-again",
            not_again=("It is not sent again, because your new pixel has already received it."),
        ),
    }
)

# A refused token has several causes, which Meta's code tells apart (Meta: Marketing API, "Error
# reference"); any other code than these is a missing permission.
_TOKEN_SECTIONS: Mapping[int | None, str] = MappingProxyType(
    {
        **dict.fromkeys((None, 102, 104, 190), "token-invalid"),
        803: "pixel-unknown",
    }
)


def row_of(reason: Reason | None) -> Row:
    """Return the reason's row; a general one for a reason that this release does not know."""
    return ROWS.get(reason, _UNKNOWN) if reason else _UNKNOWN


def section_for(reason: Reason | None, details: Details) -> str:
    """Return the section of the documentation about this reason."""
    if details.without:
        return ROWS[Reason.SENT_WITHOUT].section
    if reason is Reason.TOKEN_REFUSED:
        return _TOKEN_SECTIONS.get(details.code, "no-permission")
    return row_of(reason).section
