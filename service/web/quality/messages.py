"""Words for match quality: why there are no scores and what to do, and Meta's names for fields."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from service.domain.figures.quality import QualityFault, ScoreRange

_LATER = "1Pixel asks again within an hour."
_STILL_SENT = "Your events are still sent."


class QualityMessage(Struct, frozen=True, kw_only=True):
    """Why there are no new scores, what to do, and whether a new access token is the cure."""

    title: str
    advice: str
    needs_token: bool = False


FAULTS: Mapping[QualityFault, QualityMessage] = MappingProxyType(
    {
        QualityFault.NO_ANSWER: QualityMessage(title="Meta did not respond", advice=_LATER),
        QualityFault.THROTTLED: QualityMessage(
            title="Meta is limiting requests for this pixel", advice=_LATER
        ),
        QualityFault.DEAD_TOKEN: QualityMessage(
            title="Meta no longer accepts your access token",
            advice="Generate a new token in Events Manager, and enter it.",
            needs_token=True,
        ),
        QualityFault.UNREADABLE_TOKEN: QualityMessage(
            title="Your saved access token can no longer be read",
            advice="Enter the token again.",
            needs_token=True,
        ),
        QualityFault.NOT_ALLOWED: QualityMessage(
            title="Your access token has no permission to read match quality",
            advice="For tokens from before July 2025, agree in Events Manager first, in your "
            "pixel's settings. Or generate a new token there, and enter it in Configuration. "
            f"{_STILL_SENT}",
            needs_token=True,
        ),
        QualityFault.UNKNOWN_PIXEL: QualityMessage(
            title="Meta does not find this pixel with your access token",
            advice="Check the Pixel ID, and enter a token that was generated in this pixel's "
            "own settings.",
            needs_token=True,
        ),
        QualityFault.REFUSED: QualityMessage(
            title="Meta refused to show the scores",
            advice=f"{_LATER} {_STILL_SENT} If this continues, send support the code below.",
        ),
    }
)

NO_TOKEN = QualityMessage(
    title="No access token is saved for this pixel",
    advice="Enter one to send events and see scores.",
    needs_token=True,
)

PILLS: Mapping[ScoreRange, tuple[str, str]] = MappingProxyType(
    {
        ScoreRange.EXCELLENT: ("good", "check"),
        ScoreRange.GOOD: ("info", "check"),
        ScoreRange.NEEDS_WORK: ("warn", "alert"),
    }
)
"""The kind and the icon of each range's pill."""

_IDENTIFIERS = {
    "email": "E-mail",
    "phone": "Phone",
    "external_id": "Customer ID",
    "ip_address": "IP address",
    "user_agent": "Browser",
    "fbc": "Click ID (fbc)",
    "fbp": "Browser ID (fbp)",
    "first_name": "First name",
    "last_name": "Last name",
    "city": "City",
    "state": "State",
    "zip": "ZIP code",
    "country": "Country",
}
_FREQUENCIES = {"real_time": "in real time", "hourly": "every hour", "daily": "once a day"}
_DEDUPE_KEYS = {"event_id": "Event ID", "external_id": "Customer ID", "fbp": "Browser ID (fbp)"}
_ASPECTS = {
    "composite": "Overall",
    "match_key": "Matching fields",
    "frequency": "How often events are sent",
    "freshness": "How soon events are sent",
}


def identifier_words(identifier: str) -> str:
    """Return our words for a matching field; Meta's for one that we do not know."""
    return _IDENTIFIERS.get(identifier, identifier)


def dedupe_words(key: str) -> str:
    """Return our words for a deduplication key; Meta's for one that we do not know."""
    return _DEDUPE_KEYS.get(key, key)


def frequency_words(frequency: str) -> str:
    """Return our words for how often events are sent; Meta's for what we do not know."""
    return _FREQUENCIES.get(frequency, frequency.replace("_", " "))


def aspect_words(name: str) -> str:
    """Return our words for a part of an offline score."""
    return _ASPECTS.get(name, name)
