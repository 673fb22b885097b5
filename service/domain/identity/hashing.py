"""The last step: a normalised value is hashed with SHA-256, once."""

import re
from hashlib import sha256
from itertools import product
from string import ascii_lowercase
from typing import Final

HEX_DIGITS: Final = 64
"""How long a SHA-256 is in hexadecimal."""

_SHA256 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)
HASH_OF_NOTHING: Final = sha256(b"").hexdigest()
"""The SHA-256 of the empty string, which Meta must never get."""


# Countries and states, which most people have, are two letters.
_HASHES_OF_CODES: Final = {
    code: sha256(code.encode()).hexdigest()
    for code in map("".join, product(ascii_lowercase, repeat=2))
}


def is_sha256(text: str) -> bool:
    """Tell whether `text` already is the SHA-256 of something.

    The hash of the empty string identifies no person, so it does not count.
    """
    return (
        len(text) == HEX_DIGITS
        and _SHA256.fullmatch(text) is not None
        and text.lower() != HASH_OF_NOTHING
    )


def hashed(normalized: str) -> str:
    """Return the lower-case hex SHA-256 of a normalised value in UTF-8.

    A value that already is a SHA-256 is not hashed twice (Meta: Customer Information
    Parameters, "hashing required"; both of Meta's libraries let a hash pass).

    Raises:
        ValueError: the value is blank; its hash would be the same for many strangers.
    """
    if code_hash := _HASHES_OF_CODES.get(normalized):
        return code_hash
    if len(normalized) == HEX_DIGITS and _SHA256.fullmatch(normalized):
        value = digest = normalized.lower()
    else:
        value = normalized.strip()
        digest = sha256(normalized.encode("utf-8", "surrogatepass")).hexdigest()
    if not value or digest == HASH_OF_NOTHING:
        raise ValueError("there is no value to hash")
    return digest
