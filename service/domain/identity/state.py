"""States, provinces and regions (`st`)."""

import re
from collections.abc import Iterator

from service.domain.identity.american_states import STATE_CODES, TERRITORIES
from service.domain.identity.cleaning import normalized
from service.domain.identity.folding import folded

_AMERICAN = frozenset({None, "us", "ca"}) | TERRITORIES
_CANADA = "ca"
# Words that may surround a state's name without being part of it.
_AROUND_NAMES = frozenset(
    {"america", "canada", "commonwealth", "of", "province", "state", "states", "the", "united"}
) | {"us", "usa"}
_BETWEEN_WORDS = re.compile(r"[\s,;:_/|()\[\]-]+")
_DOTTED_PREFIX = re.compile(r"usa?\.(?=[a-z]{2}$)")  # as in `US.CA`


def normalize_state(raw: str, *, country: str | None) -> str | None:
    """Return the two-letter code in the United States and Canada, elsewhere the folded letters.

    "Use the 2-character ANSI abbreviation code in lowercase. Normalize states outside the U.S. in
    lowercase with no punctuation, no special characters, and no spaces" (Meta: Customer
    Information Parameters, `st`). `country` is the normalised ISO-2 code. If it is unknown, the
    American and Canadian names are understood; Georgia in `ge` stays `georgia`.
    """
    if country in _AMERICAN and (code := STATE_CODES.get(raw.lower())):
        return code  # most states: a code or a name and nothing else
    rule = _american if country in _AMERICAN else lambda text: _foreign(text, country)
    return normalized(raw, rule)


def _american(text: str) -> str:
    codes = (STATE_CODES.get(name) for name in _readings(text))
    return next(filter(None, codes), folded(text))


def _readings(text: str) -> Iterator[str]:
    """Yield what the text may name, as folded letters, the plainest reading first."""
    yield folded(text)
    yield folded(_DOTTED_PREFIX.sub("", text.lower()))
    words = [word for part in _BETWEEN_WORDS.split(text) if (word := folded(part))]
    names = [word for word in words if word not in _AROUND_NAMES]
    yield "".join(names)
    if names and names[0] == _CANADA:  # `CA-ON`
        yield "".join(names[1:])
    if names and names[-1] == _CANADA:  # `Ontario, CA`, and `California (CA)`
        yield "".join(names[:-1])
    yield from _named_twice(names)
    town, comma, state = text.rpartition(",")
    if comma and town:  # `Napa, CA 94558`
        yield folded(state)


def _named_twice(names: list[str]) -> Iterator[str]:
    """Yield the state of `OR - Oregon` and `Oregon (OR)`."""
    for split in range(1, len(names)):
        first, second = "".join(names[:split]), "".join(names[split:])
        if first in STATE_CODES and STATE_CODES[first] == STATE_CODES.get(second):
            yield first


def _foreign(text: str, country: str | None) -> str:
    prefix, _, code = text.partition("-")  # ISO 3166-2, as in `AU-NSW`
    return folded(code if code and prefix.lower() == country else text)
