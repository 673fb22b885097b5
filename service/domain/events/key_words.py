"""The fields of an event as pages show them; the stored words never change. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

_SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "email": "e-mail",
        "postcode": "ZIP code",
        "customer id": "customer ID",
        "click id": "click ID",
        "browser id": "browser ID",
        "membership id": "membership ID",
    }
)


def shown_key(word: str) -> str:
    """Return the words for a field."""
    return _SHOWN.get(word, word)


def shown_keys(words: str) -> str:
    """Return the words for fields that are stored as one text, with commas between them."""
    return ", ".join(map(shown_key, words.split(", ")))
