"""Which secrets can be guessed: placeholders, typed patterns, keys that were never drawn. Pure."""

from base64 import urlsafe_b64decode
from collections.abc import Sequence
from itertools import pairwise

PUBLISHED = frozenset(
    {"sandbox", "sandbox-app", "sandbox-secret", "sandbox:sandbox", "a:b"}
    | {"user:password", "password", "secret", "invented"}
)
"""Every login and secret that this repository's files show, in lower case: all know them."""

SHORTEST_SESSION_KEY = 32
"""Bytes. The signature has 256 bits (RFC 2104, section 3: no key shorter than its hash)."""

SHORTEST_PASSWORD = 16
"""Characters: 64 bits if they are hexadecimal digits, too many to guess over the network."""

_PLACEHOLDERS = (
    *("changeme", "changethis", "replaceme", "replacethis", "placeholder", "yoursecret"),
    *("yourkey", "yourpassword", "sandbox", "qwerty", "asdfgh", "letmein"),
)
_DIFFERENT = 8
_RUN = 3
_PRINTABLE = range(0x20, 0x7F)


def is_published(text: str) -> bool:
    """Tell whether this login or secret, or a part of it, is shown in the repository's files."""
    return any(part in PUBLISHED for part in (text.lower(), *text.lower().split(":")))


def is_guessable(text: str) -> bool:
    """Tell whether a person typed this, or repeated it: no generator draws such a text."""
    plain = "".join(each for each in text.lower() if each.isalnum())
    return any(word in plain for word in _PLACEHOLDERS) or _is_monotonous(text.encode())


def is_drawn(fernet_key: str) -> bool:
    """Tell whether the 32 bytes of this Fernet key look drawn, not typed or repeated."""
    key = key_bytes(fernet_key)
    return not (_is_monotonous(key) or all(each in _PRINTABLE for each in key))


def key_bytes(text: str) -> bytes:
    """Return what this text stands for as a Fernet key; the text itself where it can be none.

    One key has several spellings: base64 has bits to spare at its end.
    """
    try:
        return urlsafe_b64decode(text)
    except ValueError:
        return text.encode()


def _is_monotonous(codes: Sequence[int]) -> bool:
    """Tell whether the text has few characters, repeats itself, or goes up or down by one.

    Of random texts of 16 hexadecimal digits one in 100,000 does, of longer ones next to none.
    """
    size = len(codes)
    runs = {tuple(codes[at : at + _RUN]) for at in range(size - _RUN + 1)}
    steps = sum(abs(after - before) <= 1 for before, after in pairwise(codes))
    return (
        len(set(codes)) < min(_DIFFERENT, size // _RUN)
        or 3 * len(runs) < 2 * (size - _RUN + 1)
        or 3 * steps > 2 * (size - 1)
    )
