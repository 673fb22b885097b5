"""What every rule shares: clean the input, pass a hash through, drop junk."""

import unicodedata
from collections.abc import Callable

from service.domain.identity.hashing import HASH_OF_NOTHING, is_sha256

_LONGEST = 1000
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})  # control, format (zero width, bidi), lone surrogate
# "Nan" and "Nil" are missing on purpose: they are first names.
_JUNK = frozenset(
    {
        "na",
        "none",
        "notapplicable",
        "notavailable",
        "notprovided",
        "null",
        "undefined",
        "unknown",
        HASH_OF_NOTHING,
    }
)


def normalized(raw: str, rule: Callable[[str], str | None]) -> str | None:
    """Return what `rule` makes of the trimmed input, or `None` if no value is left.

    Some inputs never reach the rule. An existing SHA-256 is returned in lower case. A word that
    stands for "no answer" (`n/a`, `null`, `-`) gives `None`, as does text above 1,000 characters.
    """
    text = _trimmed(raw)
    if _is_junk(text):
        return None
    if is_sha256(text):
        return text.lower()
    value = rule(text)
    return None if value is None or _is_junk(value) else value


def is_blank(char: str) -> bool:
    """Tell whether a character is invisible: white space, control, zero width or bidi mark."""
    return char.isspace() or unicodedata.category(char) in _INVISIBLE


def without(text: str, is_dropped: Callable[[str], bool]) -> str:
    """Return `text` without some characters, the rest composed again (NFC)."""
    kept = "".join(char for char in text if not is_dropped(char))
    return unicodedata.normalize("NFC", kept)


def ascii_digits(text: str) -> str:
    """Return `text` with full-width characters narrowed and every script's digits as 0-9."""
    narrow = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.decimal(char, char)) for char in narrow)


def _trimmed(raw: str) -> str:
    if len(raw) > _LONGEST:
        return ""
    start, end = 0, len(raw)
    while start < end and is_blank(raw[start]):
        start += 1
    while start < end and is_blank(raw[end - 1]):
        end -= 1
    return unicodedata.normalize("NFC", raw[start:end])


def _is_junk(text: str) -> bool:
    word = "".join(char for char in text.lower() if char.isalnum())
    return not word or word in _JUNK
