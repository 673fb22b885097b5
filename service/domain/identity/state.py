"""States, provinces and regions (`st`)."""

import re
from collections.abc import Iterator

from service.domain.identity.american_states import STATE_CODES, TERRITORIES
from service.domain.identity.cleaning import normalized
from service.domain.identity.folding import folded

_AMERICAN = frozenset({None, "us", "ca"}) | TERRITORIES
_AMERICAN_WORDS = frozenset({"us", "usa", "ca", "canada"})
_CODES = frozenset(STATE_CODES.values())
_BETWEEN_WORDS = re.compile(r"[\s,_/-]+")


def normalize_state(raw: str, *, country: str | None) -> str | None:
    """Return the two-letter code in the United States and Canada, elsewhere the folded letters.

    "Use the 2-character ANSI abbreviation code in lowercase. Normalize states outside the U.S. in
    lowercase with no punctuation, no special characters, and no spaces" (Meta: Customer
    Information Parameters, `st`). `country` is the normalised ISO-2 code. If it is unknown, the
    American and Canadian names are understood; Georgia in `ge` stays `georgia`.
    """
    rule = _american if country in _AMERICAN else lambda text: _foreign(text, country)
    return normalized(raw, rule)


def _american(text: str) -> str:
    names = [folded(name) for name in _with_and_without_country(text)]
    for name in names:
        if name in _CODES:
            return name
        if name in STATE_CODES:
            return STATE_CODES[name]
    return names[0]


def _with_and_without_country(text: str) -> Iterator[str]:
    """Yield the text, then what `US-CA`, `CA-US` and `California, USA` name as the state."""
    yield text
    first, *others = _BETWEEN_WORDS.split(text.lower())
    if others and first in _AMERICAN_WORDS:
        yield " ".join(others)
    if others and others[-1] in _AMERICAN_WORDS:
        yield " ".join((first, *others[:-1]))


def _foreign(text: str, country: str | None) -> str:
    prefix, _, code = text.partition("-")  # ISO 3166-2, as in `AU-NSW`
    return folded(code if code and prefix.lower() == country else text)
