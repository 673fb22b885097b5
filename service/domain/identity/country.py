"""Countries (`country`)."""

import re
from collections.abc import Mapping
from functools import cache

import pycountry

from service.domain.identity.cleaning import is_blank, normalized, without
from service.domain.identity.countries import ALIASES, AMBIGUOUS_NAMES
from service.domain.identity.country_names import code_of_name
from service.domain.identity.folding import folded

_BETWEEN_NAMES = re.compile(r"\s+[-\u2013\u2014]\s+|[()\[\]/|:;,]")

# Namibia's code, but far more often "not available".
_NOT_AVAILABLE = "NA"


def normalize_country(raw: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code in lower case, or `None` if it is not certain.

    "Use the lowercase, 2-letter country codes in ISO 3166-1 alpha-2" (Meta: Customer Information
    Parameters, `country`). Read are ISO 3166-1's codes of two and three letters, names in English
    and the languages of `country_names`, and a country named twice (`US - United States`). A name
    of two countries (Korea, Congo) is dropped, not guessed.
    """
    return _codes().get(raw.lower()) or normalized(raw, _country)  # most countries: a code


def _country(text: str) -> str | None:
    return _named_once(text) or _named_twice(text)


def _named_twice(text: str) -> str | None:
    """Return the country on which all parts of the text agree, of which there are at least two."""
    parts = [part for part in _BETWEEN_NAMES.split(text) if part.strip()]
    codes = {_named_once(part) for part in parts}
    return codes.pop() if len(parts) > 1 and len(codes) == 1 else None


def _named_once(text: str) -> str | None:
    code = text.lower()
    if not code.isalpha():
        code = without(code, lambda char: char == "." or is_blank(char))
    if known := _codes().get(code):
        return known
    name = folded(text.replace("&", " and "))
    return _named(name) or _named(name.removeprefix("the"))


@cache
def _codes() -> Mapping[str, str]:
    """Return the code of two letters for each code of two or three, in lower case."""
    return {
        code.lower(): str(country.alpha_2).lower()
        for country in pycountry.countries
        for code in (country.alpha_2, country.alpha_3)
        if country.alpha_2 != _NOT_AVAILABLE
    }


def _named(name: str) -> str | None:
    if name in AMBIGUOUS_NAMES:
        return None
    return ALIASES.get(name) or code_of_name(name)
