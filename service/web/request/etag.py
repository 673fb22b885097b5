"""What a page holds to ask whether anything has changed since."""

from hashlib import sha256

_CHARACTERS = 16


def etag_of(*facts: object) -> str:
    """Return a short mark of everything that a fragment is printed from; others have another."""
    return sha256(repr(facts).encode()).hexdigest()[:_CHARACTERS]
