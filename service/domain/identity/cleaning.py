"""What every rule shares: clean the input, pass a hash through, drop junk."""

import html
import re
import unicodedata
from collections.abc import Callable

from service.domain.identity.hashing import HASH_OF_NOTHING, HEX_DIGITS, is_sha256

_LONGEST = 1000
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})  # control, format (zero width, bidi), lone surrogate
# With its semicolon: `AT&T` and `Ridge &notes` hold no reference.
_HTML_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# "Nan" and "Nil" are missing on purpose: they are first names.
_JUNK = frozenset(
    {
        "na",
        "noanswer",
        "none",
        "notapplicable",
        "notavailable",
        "notgiven",
        "notknown",
        "notprovided",
        "notspecified",
        "null",
        "objectobject",
        "pleaseselect",
        "tba",
        "tbc",
        "tbd",
        "tobedetermined",
        "undefined",
        "unknown",
        "unspecified",
        HASH_OF_NOTHING,
    }
)
# Most texts begin with another letter or a digit, so they need not be compared with all this.
_NO_JUNK_BEGINS_SO = frozenset("abcdefghijklmnopqrstuvwxyz0123456789") - {
    word[0] for word in (*_JUNK, "xx", "zz")
}
_WITHOUT_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}
# `xxx` fills a field, and `XX` and `ZZ` are codes for "no country".
_FILLER = re.compile(r"x{2,}|z{2,}")


def normalized(raw: str, rule: Callable[[str], str | None]) -> str | None:
    """Return what `rule` makes of the trimmed input, or `None` if no value is left.

    Some inputs never reach the rule. An existing SHA-256 is returned in lower case. A word that
    stands for "no answer" (`n/a`, `null`, `tbd`, `xxx`, `-`) gives `None`, as does text above 1,000
    characters.
    """
    # Most texts: no reference, nothing invisible, nothing to compose.
    is_plain = raw.isascii() and raw.isprintable() and "&" not in raw and len(raw) <= _LONGEST
    text = raw.strip() if is_plain else _trimmed(raw)
    lowered = text.lower()
    if lowered[:1] not in _NO_JUNK_BEGINS_SO and _is_junk(lowered):
        return None
    if len(text) == HEX_DIGITS and is_sha256(text):
        return lowered
    value = rule(text)
    if value is None or value == lowered:
        return value  # judged before
    return None if _is_junk(value.lower()) else value


def is_blank(char: str) -> bool:
    """Tell whether a character is invisible: white space, control, zero width or bidi mark."""
    return char.isspace() or unicodedata.category(char) in _INVISIBLE


def without(text: str, is_dropped: Callable[[str], bool]) -> str:
    """Return `text` without some characters, the rest composed again (NFC)."""
    kept = "".join(char for char in text if not is_dropped(char))
    return unicodedata.normalize("NFC", kept)


def ascii_digits(text: str) -> str:
    """Return `text` with full-width characters narrowed and every script's digits as 0-9."""
    if text.isascii():
        return text
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(char, char)) for char in narrow)


def unescaped(text: str) -> str:
    """Return `text` with its HTML references as characters: `O&#39;Brien` → `O'Brien`.

    A form may have escaped its input more than once (`&amp;#39;`), so this is repeated.
    """
    if "&" not in text:
        return text
    while (plain := _HTML_REFERENCE.sub(_character, text)) != text:
        text = plain
    return text


def _character(reference: re.Match[str]) -> str:
    plain = html.unescape(reference[0])
    # HTML's names are sensitive to case, but a record in capitals has `&NTILDE;`.
    return plain if plain != reference[0] else html.unescape(reference[0].lower())


def _trimmed(raw: str) -> str:
    if len(raw) > _LONGEST:
        return ""
    text = unescaped(raw)
    start, end = 0, len(text)
    while start < end and is_blank(text[start]):
        start += 1
    while start < end and is_blank(text[end - 1]):
        end -= 1
    return unicodedata.normalize("NFC", text[start:end])


def _alphanumeric(text: str) -> str:
    """Return the letters and digits of a text in lower case."""
    if text.isalnum():
        return text
    if text.isascii():
        return text.translate(_WITHOUT_SIGNS)
    return "".join(filter(str.isalnum, text))


def _is_junk(lowered: str) -> bool:
    word = _alphanumeric(lowered)
    return not word or word in _JUNK or _FILLER.fullmatch(word) is not None
