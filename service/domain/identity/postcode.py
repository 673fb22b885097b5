"""Postal codes (`zp`)."""

import re

from service.domain.identity.american_states import TERRITORIES
from service.domain.identity.cleaning import ascii_digits, normalized

_WITH_ZIP = frozenset({None, "us"}) | TERRITORIES
_ZIP = re.compile(r"([0-9]{5})(?:[0-9]{4})?")
# Codes that the Postal Service gave to no place, and that tills are filled with.
_NO_ZIPS = frozenset({"11111", "99999"})
_SHORTEST = 3
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")


def normalize_postcode(raw: str, *, country: str | None) -> str | None:
    """Return the code in lower case without spaces and dashes; of a ZIP+4 the first five digits.

    "Use lowercase with no spaces and no dash. Use only the first 5 digits for U.S. zip codes"
    (Meta: Customer Information Parameters, `zp`). The page asks for "area, district, and sector"
    in the UK but shows the whole code, `m11ae`; the example is followed. `country` is the
    normalised ISO-2 code. Placeholders that tills are filled with are `None`: zeros alone
    (`00000`), and `99999` in the United States.
    """
    return normalized(raw, lambda text: _postcode(text, country))


def _postcode(text: str, country: str | None) -> str | None:
    code = ascii_digits(text).lower()
    if not (code.isascii() and code.isalnum()):
        code = _NOT_ALPHANUMERIC.sub("", code)
    if country in _WITH_ZIP and (match := _ZIP.fullmatch(code)):
        code = match[1]
        if code in _NO_ZIPS:
            return None
    return code if len(code) >= _SHORTEST and code.strip("0") else None
