"""How much customer data is on the events, for each kind and channel."""

from collections.abc import Sequence

from msgspec import Struct

from service.domain.events.event import WEBSITE_EVENTS, EventName
from service.domain.events.match_keys import MEMBERSHIP_KEYS, WORDS
from service.domain.figures.tally import Coverage, CoverageByChannel
from service.web.figures.messages import events_words, percent_of

_KEY_WORDS = {
    "email": "E-mail",
    "phone": "Phone",
    "first name": "First name",
    "last name": "Last name",
    "city": "City",
    "state": "State",
    "postcode": "ZIP code",
    "country": "Country",
    WORDS["hashed_external_ids"]: "Customer ID",
    "IP address": "IP address",
    "browser": "Browser",
    WORDS["fbc"]: "Click ID (fbc)",
    WORDS["fbp"]: "Browser ID (fbp)",
}
_OF_CUSTOMERS = {WORDS["hashed_emails"]: "e-mail", WORDS["hashed_phones"]: "phone"}
_OF_VISITS = {WORDS["fbp"]: "browser ID", WORDS["fbc"]: "click ID"}
_PLACES = {name: place for place, name in enumerate(EventName)}


class CoverageRow(Struct, frozen=True, kw_only=True):
    """The events of one kind and channel; `keys` are lines of a table, with number and share.

    `most_telling` are the keys that help most for such events, in words with their shares.
    """

    name: str
    events: str
    most_telling: str
    keys: Sequence[tuple[str, str, str]]


def coverage_rows(coverage: CoverageByChannel) -> Sequence[CoverageRow]:
    """Return the rows, in the order of the switches, the most frequent channel first."""
    return [
        _row(name, channel, each)
        for name in sorted(coverage, key=lambda each: _PLACES[each])
        for channel, each in sorted(coverage[name].items(), key=lambda each: -each[1].events)
    ]


def _row(name: EventName, channel: str, coverage: Coverage) -> CoverageRow:
    shares = {key: percent_of(coverage.keys.get(key, 0), coverage.events) for key in WORDS.values()}
    words = events_words(name, channel)
    telling = _OF_VISITS if name in WEBSITE_EVENTS else _OF_CUSTOMERS
    return CoverageRow(
        name=words[0].upper() + words[1:],
        events=f"{coverage.events:,}",
        most_telling=" · ".join(f"{text} {shares[key]}" for key, text in telling.items()),
        keys=[
            (_KEY_WORDS.get(key, key), f"{coverage.keys.get(key, 0):,}", shares[key])
            for key in WORDS.values()
            if key not in MEMBERSHIP_KEYS
        ],
    )
