"""The names of countries in many languages, as pycountry has them."""

import gettext
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

import pycountry

from service.domain.identity.folding import folded

# Likely languages of wineries' guests; each makes the first call 2 ms slower.
_LANGUAGES = (
    "ca", "cs", "da", "de", "es", "fi", "fr", "hr", "hu", "it", "nb_NO", "nl", "pl", "pt", "sv",
)  # fmt: skip
_SHORTEST = 4


def code_of_name(name: str) -> str | None:
    """Return the ISO-2 lower-case code of a folded Latin name, in English or another language."""
    return _codes().get(name)


def unambiguous(names: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return the code of each folded Latin name that means one country in all languages.

    `names` are pairs of an upper-case code and a name.
    """
    codes: dict[str, set[str]] = defaultdict(set)
    for code, name in names:
        codes[folded(name)].add(code.lower())
    return MappingProxyType(
        {
            name: next(iter(meant))
            for name, meant in codes.items()
            if len(meant) == 1 and name.isascii() and len(name) >= _SHORTEST
        }
    )


@cache
def _codes() -> Mapping[str, str]:
    return unambiguous(set(_names()))


def _names() -> Iterator[tuple[str, str]]:
    # As in pycountry's manual: https://pypi.org/project/pycountry/, Locales.
    languages = [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language]).gettext
        for language in _LANGUAGES
    ]
    for country in pycountry.countries:
        yield country.alpha_2, getattr(country, "official_name", country.name)
        for english in {country.name, getattr(country, "common_name", country.name)}:
            for name in {english, *(translated(english) for translated in languages)}:
                yield country.alpha_2, name
                last, comma, first = name.partition(", ")
                if comma:  # as ISO 3166-1 sorts it: `Korea, Republic of`
                    yield country.alpha_2, f"{first} {last}"
