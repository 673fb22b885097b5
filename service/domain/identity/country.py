"""Countries (`country`)."""

import pycountry

from service.domain.identity.cleaning import is_blank, normalized, without
from service.domain.identity.countries import ALIASES, AMBIGUOUS_NAMES
from service.domain.identity.country_names import code_of_name
from service.domain.identity.folding import folded


def normalize_country(raw: str) -> str | None:
    """Return the ISO 3166-1 alpha-2 code in lower case, or `None` if it is not certain.

    "Use the lowercase, 2-letter country codes in ISO 3166-1 alpha-2" (Meta: Customer Information
    Parameters, `country`). Names in Latin script are understood in English and the
    languages of `country_names`. A name of two countries (Korea, Congo) is dropped, not guessed.
    """
    return normalized(raw, _country)


def _country(text: str) -> str | None:
    code = without(text.lower(), lambda char: char == "." or is_blank(char))
    if pycountry.countries.get(alpha_2=code):
        return code
    name = folded(text.replace("&", " and "))
    return _named(name) or _named(name.removeprefix("the"))


def _named(name: str) -> str | None:
    if name in AMBIGUOUS_NAMES:
        return None
    return ALIASES.get(name) or code_of_name(name)
