"""First and last names (`fn`, `ln`)."""

import re
import unicodedata

from service.domain.identity.cleaning import is_blank, normalized, without

_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]+")  # in ASCII: blanks, punctuation and `_SIGNS`
# Signs that Unicode does not call punctuation: ASCII ones, and stand-ins for the apostrophe.
_SIGNS = frozenset("$+<=>^`|~") | {
    "\N{ACUTE ACCENT}",
    "\N{MODIFIER LETTER PRIME}",
    "\N{MODIFIER LETTER TURNED COMMA}",
    "\N{MODIFIER LETTER APOSTROPHE}",
}


def normalize_name(raw: str) -> str | None:
    """Return the name in lower case without spaces and punctuation, its accents kept.

    "Lowercase only with no punctuation. If using special characters, the text must be encoded in
    UTF-8 format" (Meta: Customer Information Parameters, `fn`, whose own examples are `valéry`
    and `정`). Spaces go as in the Parameter Builder; accents are composed (NFC), so that two ways
    to type `é` are one name.
    """
    return normalized(raw, _name)


def _name(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.lower() if text.isalnum() else _NOT_ALPHANUMERIC.sub("", text.lower())
    return without(text.lower(), _is_dropped)


def _is_dropped(char: str) -> bool:
    return is_blank(char) or char in _SIGNS or unicodedata.category(char).startswith("P")
