"""The finding of a connection test in words: what happened, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from service.domain.shop.dates import full_day
from service.domain.tenants.connection import UNPROVEN, Cause, ConnectionFinding

TESTING = "testing"
"""The section of the documentation about the test itself."""

GOOD, BAD, WARN = "good", "bad", "warn"

# What to click at Meta (Meta: Conversions API, "Get started").
_MAKE_ONE = (
    "In Events Manager choose your dataset, then Settings, Conversions API, Generate access token.",
    "Copy the whole of it, enter it here, save, and test again.",
)
_COMPARE = (
    "Compare the pixel ID with the one that Events Manager shows for your dataset under Settings.",
    "If it is right, make a token in this very dataset.",
)
_SAYS_NOTHING = (
    "This says nothing about your pixel or token. They may well work, and no event is lost."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionMessage:
    """What happened, what to do, and the section of the documentation about it."""

    title: str
    advice: tuple[str, ...]
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionResult:
    """A finding ready to print. `detail` and `trace_id` are for support."""

    tone: str
    title: str
    advice: tuple[str, ...]
    section: str
    pixel_name: str | None = None
    detail: str = ""
    trace_id: str = ""


_WORDS: Mapping[Cause, ConnectionMessage] = MappingProxyType(
    {
        Cause.NO_PIXEL: ConnectionMessage(
            section="pixel-missing",
            title="There is no pixel ID yet",
            advice=(
                "Events Manager shows it for your dataset under Settings: 10 to 17 digits.",
                "Enter it here, save, and test again.",
            ),
        ),
        Cause.MALFORMED_PIXEL: ConnectionMessage(
            section="pixel-malformed",
            title="The saved pixel ID is none",
            advice=(
                "A pixel ID has 10 to 17 digits and nothing else.",
                "Events Manager shows it under Settings: copy it, save, and test again.",
            ),
        ),
        Cause.NO_TOKEN: ConnectionMessage(
            section="token-missing", title="There is no access token yet", advice=_MAKE_ONE
        ),
        Cause.UNREADABLE_TOKEN: ConnectionMessage(
            section="token-unreadable",
            title="The saved access token can no longer be read",
            advice=(
                "It was encrypted with a key that we no longer have; nothing is wrong at Meta.",
                "Enter it again and save. If you do not have it any more, make a new one.",
                *_MAKE_ONE,
            ),
        ),
        Cause.INVALID_TOKEN: ConnectionMessage(
            section="token-invalid",
            title="Meta does not accept the access token",
            advice=(
                "It was not copied whole (it begins with EAA), or it was withdrawn at Meta.",
                *_MAKE_ONE,
            ),
        ),
        Cause.EXPIRED_TOKEN: ConnectionMessage(
            section="token-expired", title="The access token has expired", advice=_MAKE_ONE
        ),
        Cause.OTHER_PIXELS_TOKEN: ConnectionMessage(
            section="token-other-pixel",
            title="The access token belongs to another pixel",
            advice=(*_COMPARE, *_MAKE_ONE),
        ),
        Cause.UNKNOWN_PIXEL: ConnectionMessage(
            section="pixel-unknown",
            title="Wrong pixel ID: Meta does not know it, or not together with this token",
            advice=(*_COMPARE, *_MAKE_ONE),
        ),
        Cause.NO_PERMISSION: ConnectionMessage(
            section="no-permission",
            title="The access token may not send events to this pixel",
            advice=(
                "The simplest way out is a token that is made in this very dataset.",
                *_MAKE_ONE,
            ),
        ),
        Cause.PROOF_REQUIRED: ConnectionMessage(
            section="app-secret-proof",
            title="The app of this access token requires a proof of its secret",
            advice=(
                "The token was made with an app of yours at Meta, which lets only itself use it.",
                "The simplest way out is a token from Events Manager, which needs no app.",
                *_MAKE_ONE,
                "Or switch off Require App Secret, in the app's settings at Meta under Advanced.",
                "Then test again.",
            ),
        ),
        Cause.THROTTLED: ConnectionMessage(
            section="throttled",
            title="Meta asks us to slow down",
            advice=(_SAYS_NOTHING, "Test again in five minutes."),
        ),
        Cause.NO_ANSWER: ConnectionMessage(
            section="meta-silent",
            title="Meta does not answer as it should just now",
            advice=(_SAYS_NOTHING, "Test again in a few minutes."),
        ),
        Cause.REFUSED_EVENT: ConnectionMessage(
            section="event-refused",
            title="Meta refused our test event",
            advice=(
                "It knows the pixel and takes the token, but not this event.",
                "That is for us to mend: tell support what stands below.",
            ),
        ),
    }
)

TOO_OFTEN = ConnectionResult(
    tone=WARN,
    title="Not tested: too many tries in a short time",
    advice=("Meta is asked at most 20 times a minute. Wait a few seconds and press again.",),
    section=TESTING,
)


def connection_result(finding: ConnectionFinding) -> ConnectionResult:
    """Return the finding in words."""
    verdict = finding.verdict
    trace_id = (verdict.trace_id if verdict else None) or ""
    if finding.cause is None:
        return ConnectionResult(
            tone=GOOD,
            title="Pixel credentials verified",
            advice=_good_news(finding.expires_at),
            section=TESTING,
            pixel_name=finding.pixel_name,
            trace_id=trace_id,
        )
    words = _WORDS[finding.cause]
    title = words.title
    if finding.cause is Cause.EXPIRED_TOKEN and finding.expires_at:
        title = f"The access token expired on {full_day(finding.expires_at)}"
    return ConnectionResult(
        tone=WARN if finding.cause in UNPROVEN else BAD,
        title=title,
        advice=words.advice,
        section=words.section,
        detail=verdict.sentence if verdict else "",
        trace_id=trace_id,
    )


def _good_news(expires_at: datetime | None) -> tuple[str, ...]:
    taken = "Meta took a harmless test event named ConnectionTest from us."
    if expires_at is None:
        return (taken,)
    return (taken, f"This token expires on {full_day(expires_at)}: replace it before that day.")
