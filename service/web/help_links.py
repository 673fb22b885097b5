"""Which part of the documentation says more about a message: the one table. Pure.

A message is a reason in the event log, a cause that a test of a connection found, or the title of a
page for people in trouble. `tests/architecture/test_help_links.py` finds every one of them in the
code and looks for its heading, so a new one must be written about.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from service.domain.delivery import CURRENCY_UNKNOWN, UNINSTALL_REPORTED
from service.domain.mapping.settle import OWN_CUSTOMER
from service.domain.verdict import Answer
from service.meta.answers import classify
from service.usecases.check_installation import UNINSTALLED
from service.usecases.erase_customer import ERASED

REASONS = "reasons"
"""Where the log's reasons are: the section for one that nobody has written about."""

_BY_REASON: Mapping[str, str] = MappingProxyType(
    {
        # waiting
        "not paid yet": "not-paid-yet",
        "not booked yet": "not-booked-yet",
        **dict.fromkeys(
            ("no order date yet", "no sign-up date yet", "no total yet"), "no-date-yet"
        ),
        # skipped
        "switched off": "switched-off",
        "not set up": "not-set-up",
        "pixel removed": "pixel-removed",
        **dict.fromkeys(("not installed", UNINSTALLED), "not-installed"),
        **dict.fromkeys(("refund", "exchange", "pickup to ship", "other"), "not-a-sale"),
        "import": "import",
        "fraud": "fraud",
        **dict.fromkeys(("cancelled", "no show"), "cancelled"),
        "nothing paid": "nothing-paid",
        "unknown channel": "unknown-channel",
        **dict.fromkeys(
            ("membership on hold", "membership cancelled", "membership other"),
            "membership-not-active",
        ),
        "not a sign-up": "not-a-sign-up",
        OWN_CUSTOMER: "own-customer",
        **dict.fromkeys(("no match keys", "no e-mail address"), "too-little-information"),
        "older than 7 days": "too-old",
        ERASED: "erased",
        **dict.fromkeys(
            ("the event could not be read back", "the signal could not be read back"),
            "not-read-back",
        ),
        # sent again, or not
        **dict.fromkeys(
            (
                "Commerce7 is asked for it again",
                "Commerce7 no longer says that it happened",
                "a sign-up whose customer is no longer named here",
                "a visit of which the browser's signals are gone",
                "its pixel has it already",
                "Commerce7 no longer has it",
                "a test",
            ),
            "send-again",
        ),
        # held
        CURRENCY_UNKNOWN: "currency-unknown",
        UNINSTALL_REPORTED: "uninstall-reported",
        "no access token: enter one in the settings": "token-missing",
        "the access token cannot be read: enter it again": "token-unreadable",
        # causes of a test that failed
        "no pixel id": "pixel-missing",
        "pixel id malformed": "pixel-malformed",
        "no token": "token-missing",
        "token cannot be read": "token-unreadable",
        "token invalid": "token-invalid",
        "token expired": "token-expired",
        "token of another pixel": "token-other-pixel",
        "pixel unknown": "pixel-unknown",
        "no permission": "no-permission",
        "throttled": "throttled",
        "no answer": "meta-silent",
        "event refused": "event-refused",
        "no test event code": "simulate-problems",
        # pages for people in trouble
        "Missing frame signature": "missing-frame-signature",
        "Unauthorized": "unauthorized",
        "Commerce7 did not say which winery this is": "frame-address",
        "Two wineries at once": "two-wineries",
        "Which winery?": "which-winery",
        "1Pixel is not installed for this winery": "not-installed-here",
        "Commerce7 does not answer": "commerce7-silent",
        "Too many tries": "too-many-tries",
        "1Pixel cannot reach its data": "no-data",
        "There is nothing here": "nothing-here",
        "Something went wrong": "something-wrong",
    }
)

# What begins or goes on in a way of its own; the first that is found counts.
_BY_WORDS = (
    ("sent once more without ", "sent-without"),
    ("sent without ", "sent-without"),
    ("could not be sent within 7 days", "too-old"),
    ("could not be looked up", "looking-up"),
    ("could not be sent again", "send-again"),
    (" attempt was cut short", "cut-short"),
    ("Meta did not answer", "meta-silent"),
    ("Commerce7 ", "looking-up"),
)
_CODES = re.compile(r"\(code (\d+)(?:, subcode (\d+))?\)")
_BY_SUBCODE: Mapping[tuple[int, int], str] = MappingProxyType(
    {
        (100, 33): "pixel-unknown",
        (100, 2804003): "too-old",
        (100, 2804004): "future-time",
        (100, 2804009): "value-refused",
        (100, 2804010): "value-refused",
        (100, 2804011): "currency-refused",
        (100, 2804050): "too-little-information",
        (190, 463): "token-expired",
    }
)
_BY_CODE: Mapping[int, str] = MappingProxyType(
    {102: "token-invalid", 104: "token-invalid", 190: "token-invalid", 803: "pixel-unknown"}
)
_BY_CLASS: Mapping[Answer, str] = MappingProxyType(
    {
        Answer.TRANSIENT: "meta-silent",
        Answer.THROTTLED: "throttled",
        Answer.TOKEN: "no-permission",
        Answer.PERMANENT: "event-refused",
    }
)
# Our sentences for answers that came without a code.
_BY_SENTENCE = (
    ("Meta could not take the event for the moment", "meta-silent"),
    ("Meta asks us to slow down", "throttled"),
    ("Meta refused the access token", "token-invalid"),
    ("Meta refused the event", "event-refused"),
)


def section_for(reason: str) -> str:
    """Return the section about this reason, cause or title."""
    if reason in _BY_REASON:
        return _BY_REASON[reason]
    for words, section in _BY_WORDS:
        if words in reason:
            return section
    if found := _CODES.search(reason):
        return section_for_code(int(found[1]), int(found[2]) if found[2] else None)
    return next((section for start, section in _BY_SENTENCE if reason.startswith(start)), REASONS)


def section_for_code(code: int, subcode: int | None = None) -> str:
    """Return the section about this answer of Meta's to an event."""
    known = _BY_SUBCODE.get((code, subcode or 0)) or _BY_CODE.get(code)
    return known or _BY_CLASS.get(classify(code, subcode), REASONS)
