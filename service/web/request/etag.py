"""Etags: a page sends the one it holds to ask whether anything has changed."""

from hashlib import sha256

_CHARACTERS = 16


def etag_of(*facts: object) -> str:
    """Return a short hash of all facts that a fragment is printed from."""
    return sha256(repr(facts).encode()).hexdigest()[:_CHARACTERS]
