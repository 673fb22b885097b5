"""The finding of a connection test in words: what happened, and how to mend it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from service.domain.shop.dates import full_day
from service.domain.tenants.connection import UNPROVEN, Cause, ConnectionFinding

TESTING = "testing"
"""The section of the documentation about the test itself."""

GOOD, BAD, WARN = "good", "bad", "warn"

# What to click at Meta (Meta: Conversions API, "Get started").
_MAKE_ONE = (
    (
        "In Events Manager choose your pixel, then Settings. "
        "Under Conversions API choose Generate access token."
    ),
    "Copy the whole token, enter it here, save, and test again.",
)
_COMPARE = (
    "Compare the Pixel ID with the one in Events Manager, under Settings of your pixel.",
    "If the ID is right, generate a new token in this pixel's own settings.",
)
_SAYS_NOTHING = "Your pixel and access token may be fine. No event is lost."


class ConnectionMessage(Struct, frozen=True, kw_only=True):
    """What happened, what to do, and the section of the documentation about it."""

    title: str
    advice: tuple[str, ...]
    section: str


class ConnectionResult(Struct, frozen=True, kw_only=True):
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
            title="There is no Pixel ID yet",
            advice=(
                "It has 10 to 17 digits. Events Manager shows it under Settings of your pixel.",
                "Enter it, save, and test again.",
            ),
        ),
        Cause.MALFORMED_PIXEL: ConnectionMessage(
            section="pixel-malformed",
            title="The saved Pixel ID is not valid",
            advice=(
                "A Pixel ID has 10 to 17 digits and nothing else.",
                "Copy it from Events Manager, under Settings. Save, and test again.",
            ),
        ),
        Cause.NO_TOKEN: ConnectionMessage(
            section="token-missing", title="There is no access token yet", advice=_MAKE_ONE
        ),
        Cause.UNREADABLE_TOKEN: ConnectionMessage(
            section="token-unreadable",
            title="The saved access token can no longer be read",
            advice=(
                "1Pixel can no longer decrypt it. Your pixel at Meta is fine.",
                "Enter it again and save. If you no longer have it, generate a new one.",
                *_MAKE_ONE,
            ),
        ),
        Cause.INVALID_TOKEN: ConnectionMessage(
            section="token-invalid",
            title="Meta does not accept the access token",
            advice=(
                "The token may be incomplete or withdrawn at Meta. A token begins with EAA.",
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
            title="Meta does not know this Pixel ID, or the token has no access to it",
            advice=(*_COMPARE, *_MAKE_ONE),
        ),
        Cause.NO_PERMISSION: ConnectionMessage(
            section="no-permission",
            title="The access token has no permission to send events to this pixel",
            advice=(
                "Generate a new token in this pixel's own settings.",
                *_MAKE_ONE,
            ),
        ),
        Cause.PROOF_REQUIRED: ConnectionMessage(
            section="app-secret-proof",
            title="The Meta app behind this access token requires an app secret proof",
            advice=(
                "The token was created with your own Meta app, and 1Pixel cannot use it.",
                "Use a token from Events Manager instead. It needs no app.",
                *_MAKE_ONE,
                "Or turn off Require App Secret in your Meta app, under App settings, Advanced.",
                "Then test again.",
            ),
        ),
        Cause.THROTTLED: ConnectionMessage(
            section="throttled",
            title="Meta is limiting requests",
            advice=(_SAYS_NOTHING, "Test again in five minutes."),
        ),
        Cause.NO_ANSWER: ConnectionMessage(
            section="meta-silent",
            title="Meta is not responding",
            advice=(_SAYS_NOTHING, "Test again in a few minutes."),
        ),
        Cause.REFUSED_EVENT: ConnectionMessage(
            section="event-refused",
            title="Meta refused our test event",
            advice=(
                "Meta accepts the pixel and the token, but not this event.",
                "This is our fault. Send support the details below.",
            ),
        ),
    }
)

TOO_OFTEN = ConnectionResult(
    tone=WARN,
    title="Not tested: too many attempts",
    advice=("You can test 20 times a minute. Wait a few seconds and try again.",),
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
    taken = "Meta accepted a test event named ConnectionTest. It has no value."
    if expires_at is None:
        return (taken,)
    return (taken, f"This token expires on {full_day(expires_at)}. Replace it before that day.")
