"""Readers of the Configuration tab's fields: each returns a typed text as a setting's value.

A reader refuses only text that cannot be a value; `service/domain/tenants/settings_faults.py`
checks the values.
"""

import re
from collections.abc import Callable

from service.domain.tenants.settings_faults import DAYS_FAULT
from service.domain.tenants.tenant import is_access_token

NO_TOKEN = "Enter this pixel's access token."  # noqa: S105 - words
WHOSE_TOKEN = "Enter the Pixel ID that this token belongs to."  # noqa: S105 - words
NOT_EMPTY = "Enter the Pixel ID. To stop using this pixel, remove it below."

_SHORTEST_TOKEN = 20
_DAYS = re.compile(r"[0-9]{1,4}")
_BREAKS = "\r\n\t"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class FaultError(Exception):
    """A field is wrong; the message is a sentence for the merchant."""


def legible(text: str) -> str:
    """Return the text with U+FFFD for each character that is neither printable nor a break."""
    return "".join(each if each.isprintable() or each in _BREAKS else _REPLACEMENT for each in text)


def read_token(text: str) -> str:
    """Return an access token, empty for none; a copied one may be broken over lines.

    Raises:
        FaultError: the text is not a token.
    """
    token = "".join(text.split())
    if token and not (is_access_token(token) and len(token) >= _SHORTEST_TOKEN):
        raise FaultError("That token looks incomplete. Copy the whole token from Events Manager.")
    return token


def read_text(text: str) -> str:
    """Return the text unchanged, empty for none."""
    return text


def read_choice(*choices: str) -> Callable[[str], str]:
    """Return a reader that accepts only these texts."""

    def read(text: str) -> str:
        if text not in choices:
            raise FaultError("Choose one of the options.")
        return text

    return read


def read_hosts(text: str) -> tuple[str, ...]:
    """Return the typed addresses, one a line; empty to follow the shop."""
    return tuple(text.replace(",", " ").split())


def read_days(text: str) -> int:
    """Return the number of days for which the log is kept.

    Raises:
        FaultError: the text is no number.
    """
    if not _DAYS.fullmatch(text):
        raise FaultError(DAYS_FAULT)
    return int(text)
