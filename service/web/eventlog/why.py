"""Why an event is not sent, or not yet: one sentence for each reason. Pure.

The reason's few words stand in the row; this is what they mean. `tests/architecture/
test_help_links.py` checks that each reason has a sentence.
"""

from collections.abc import Mapping
from types import MappingProxyType

from service.domain.events.reason import Details, Reason, Switch

_NO_ACCOUNT = (
    "Not sent, because this customer has no account on your website. Guest orders and tasting-room "
    "sales also create a customer in Commerce7."
)
_NO_DATE = "Commerce7 reported it before it was complete. It is sent once the rest arrives."
_ASKED_AGAIN_LATER = "1Pixel asks Commerce7 again automatically."
_INTERRUPTED = "1Pixel was interrupted while sending it."
_NO_CONTACT = "Not sent, because Meta could not match it to a person."
_UNREADABLE = "1Pixel can no longer read the stored data of this event, so it cannot be sent."
_META_DOWN = "Meta did not respond."
_INCOMPLETE = "Meta refused this event because a value or currency is missing."

WHY: Mapping[Reason, str] = MappingProxyType(
    {
        # waiting
        Reason.NOT_PAID_YET: "The order is not paid yet. It is sent once the order is paid.",
        Reason.NOT_BOOKED_YET: "The reservation is incomplete. It is sent once it is booked.",
        Reason.BOOKING_ON_HOLD: "The reservation is on hold. It is sent once it is booked.",
        Reason.NO_BOOKING_DATE_YET: _NO_DATE,
        Reason.NO_ORDER_DATE_YET: _NO_DATE,
        Reason.NO_SIGN_UP_DATE_YET: _NO_DATE,
        Reason.NO_TOTAL_YET: _NO_DATE,
        Reason.NO_ACCOUNT_YET: (
            "This customer has no account on your website yet. 1Pixel checks again for 7 days."
        ),
        Reason.MEMBERSHIP_NOT_STARTED: "The membership starts later. It is sent on that day.",
        Reason.CANCELLATION_AHEAD: "The membership ends later. It is sent on that day.",
        # look-ups
        Reason.SHOP_LACKS_IT: f"Commerce7 could not find it. {_ASKED_AGAIN_LATER}",
        Reason.SHOP_REFUSES_US: (
            f"Commerce7 does not allow 1Pixel to read it at the moment. {_ASKED_AGAIN_LATER}"
        ),
        Reason.SHOP_SLOWS_US_DOWN: f"Commerce7 is limiting requests. {_ASKED_AGAIN_LATER}",
        Reason.SHOP_REJECTS_REQUEST: (
            "Commerce7 did not accept 1Pixel's request. Our team has been told."
        ),
        Reason.SHOP_SILENT: f"Commerce7 did not respond. {_ASKED_AGAIN_LATER}",
        Reason.NOT_LOOKED_UP: (
            "Not sent, because Commerce7 did not provide the details within 7 days."
        ),
        # not wanted
        Reason.NOT_INSTALLED: "Not sent, because 1Pixel was not installed.",
        Reason.UNINSTALLED: "Not sent, because 1Pixel was removed from Commerce7.",
        Reason.SWITCHED_OFF: "Not sent, because this event or its channel was switched off.",
        Reason.NOT_SET_UP: "Not sent, because no pixel was set up when it happened.",
        Reason.PIXEL_REMOVED: "Not sent, because its pixel was removed from 1Pixel first.",
        Reason.ERASED: "Not sent, because the customer asked for their data to be erased.",
        Reason.SHOPPER_REFUSED: "Not sent, because the shopper declined on your consent banner.",
        # no event
        Reason.REFUND: "Not sent, because it is a refund. Meta counts purchases only.",
        Reason.EXCHANGE: "Not sent, because it is an exchange and not a new sale.",
        Reason.PICKUP_TO_SHIP: (
            "Not sent, because a pickup was changed to shipping. The sale itself has its own row."
        ),
        Reason.OTHER_ORDER: "Not sent, because Commerce7 does not list this order as a sale.",
        Reason.IMPORT: "Not sent, because it was imported from another system.",
        Reason.FRAUD: "Not sent, because Commerce7 marks the order as fraudulent.",
        Reason.CANCELLED: "Not sent, because it was canceled first.",
        Reason.NO_SHOW: "Not sent, because the guests did not come.",
        Reason.NOTHING_PAID: "Not sent, because nothing was paid: the amount is zero or less.",
        Reason.UNKNOWN_CHANNEL: (
            "Not sent, because Commerce7 did not say how the sale was made: on the web, in the "
            "tasting room, by phone or for a club. Meta requires this."
        ),
        Reason.MEMBERSHIP_ON_HOLD: "The membership is on hold. It is sent once it is active.",
        Reason.MEMBERSHIP_CANCELLED: (
            "Not sent, because the membership was canceled before it was active."
        ),
        Reason.MEMBERSHIP_OTHER: ("Not sent, because the membership is not active in Commerce7."),
        Reason.SWITCHED_CLUBS: (
            "Not sent, because the member moved to another club. You still have this member."
        ),
        Reason.NO_ACCOUNT: _NO_ACCOUNT,
        Reason.NOT_A_SIGN_UP: (
            "Not sent, because your staff or an import created this customer. Only people who sign "
            "up themselves count."
        ),
        Reason.NO_EMAIL: _NO_CONTACT,
        Reason.OWN_CUSTOMER: (
            "Not sent, because the customer is your own winery: its name or e-mail domain is yours."
        ),
        Reason.NO_MATCH_KEYS: _NO_CONTACT,
        Reason.TOO_OLD: (
            "Not sent, because it was too old when it arrived. Meta accepts events for 7 days, "
            "tasting-room sales for 62."
        ),
        # held
        Reason.CURRENCY_UNKNOWN: "On hold, because the currency of your shop is not known.",
        Reason.ADDRESS_UNKNOWN: "On hold, because the address of your web shop is not known.",
        Reason.INSTALL_UNCONFIRMED: ("On hold until Commerce7 confirms that 1Pixel is installed."),
        Reason.UNINSTALL_REPORTED: (
            "On hold until Commerce7 confirms whether 1Pixel is still installed."
        ),
        Reason.TOKEN_MISSING: "On hold, because this pixel has no access token.",
        Reason.TOKEN_UNREADABLE: "On hold, because the saved access token can no longer be read.",
        # what Meta answered
        Reason.META_TIMED_OUT: _META_DOWN,
        Reason.META_UNREACHABLE: _META_DOWN,
        Reason.META_TALKS_TOO_LONG: "Meta's response was incomplete.",
        Reason.META_UNABLE: "Meta could not accept the event at that moment.",
        Reason.META_SLOWS_US_DOWN: "Meta is limiting requests for this pixel.",
        Reason.TOKEN_EXPIRED: "Your access token has expired.",
        Reason.TOKEN_REFUSED: "Meta does not accept the access token of this pixel.",
        Reason.PROOF_REQUIRED: (
            "The Meta app that created the access token requires an app secret proof."
        ),
        Reason.PIXEL_UNKNOWN: (
            "Meta does not know this pixel, or its access token has no permission for it."
        ),
        Reason.EVENT_REFUSED: "Meta refused this event because of its content.",
        Reason.EVENT_TOO_OLD: "Meta refused this event because it is older than 7 days.",
        Reason.FUTURE_TIME: "Meta refused this event because its time is in the future.",
        Reason.VALUE_MISSING: _INCOMPLETE,
        Reason.CURRENCY_MISSING: _INCOMPLETE,
        Reason.CURRENCY_REFUSED: "Meta does not accept the currency of this event.",
        Reason.NOBODY_MATCHED: "Meta could not match this event to a person.",
        # attempts
        Reason.CUT_SHORT: _INTERRUPTED,
        Reason.EVERY_ATTEMPT_CUT_SHORT: _INTERRUPTED,
        Reason.LAST_ATTEMPT_CUT_SHORT: _INTERRUPTED,
        Reason.SENT_WITHOUT: "Meta refused one field. The event was sent without it and counts.",
        Reason.TOO_LATE: "Not sent, because Meta's time limit passed before it could be.",
        Reason.EVENT_UNREADABLE: _UNREADABLE,
        Reason.SIGNAL_UNREADABLE: _UNREADABLE,
        # resent, or why not
        Reason.ASKED_AGAIN: "1Pixel is getting it from Commerce7 again and then sends it.",
        Reason.NO_LONGER_SO: (
            "Not sent again, because it has changed in Commerce7, for example to a refund."
        ),
        Reason.NOT_SENT_AGAIN: "Commerce7 did not provide the details again.",
        Reason.ID_UNREADABLE: _UNREADABLE,
        Reason.GONE: "Commerce7 no longer has it.",
        Reason.KNOWN_TO_BE_GONE: "Commerce7 no longer has it.",
        Reason.SIGN_UP_NOT_KEPT: "1Pixel does not keep the customer's ID of a sign-up.",
        Reason.VISIT_NOT_KEPT: "1Pixel deletes the data of a visit after 30 minutes.",
        Reason.A_TEST: "It is a test event.",
        Reason.TAKEN: "The pixel has received this event already.",
    }
)


_SWITCHED_OFF: Mapping[Switch, str] = MappingProxyType(
    {
        Switch.EVERYTHING: "Not sent, because tracking was paused when it came in.",
        Switch.EVENT: "Not sent, because this event was switched off.",
        Switch.CHANNEL: "Not sent, because this channel was switched off.",
    }
)


def why(reason: Reason | None, details: Details) -> str:
    """Return the sentence; empty without a reason, or for one that this release does not know."""
    if reason is None:
        return ""
    if reason is Reason.SWITCHED_OFF and details.switch:
        return _SWITCHED_OFF[details.switch]
    because = WHY.get(details.because, "") if details.because else ""
    return " ".join(each for each in (WHY.get(reason, ""), because) if each)
