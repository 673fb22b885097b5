"""Readers of the Configuration tab's fields: each returns a typed text as a setting's value.

A reader refuses only text that cannot be a value; `service/domain/tenants/settings_faults.py`
checks the values.
"""

import re
from collections.abc import Callable

from service.domain.shop.currency import currency_of
from service.domain.tenants.tenant import host_of

NO_TOKEN = "This pixel needs its access token: Events Manager, Settings, Generate access token."  # noqa: S105 - words
WHOSE_TOKEN = "Enter the id of the pixel that this token belongs to."  # noqa: S105 - words
NOT_EMPTY = "Enter the pixel's id. To do without this pixel, remove it below."

_TOKEN = re.compile(r"[A-Za-z0-9_|.:=+/-]{20,1000}")
_DAYS = re.compile(r"[0-9]{1,4}")
_FEWEST_DAYS, _MOST_DAYS = 7, 3650
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
    if token and not _TOKEN.fullmatch(token):
        raise FaultError("This is no access token: copy the whole of it from Events Manager.")
    return token


def read_text(text: str) -> str:
    """Return the text unchanged, empty for none."""
    return text


def read_currency(text: str) -> str | None:
    """Return a currency's code; `None` to follow the shop."""
    return currency_of(text) or text or None


def read_zone(text: str) -> str | None:
    """Return a time zone; `None` to follow the shop."""
    return text or None


def read_choice(*choices: str) -> Callable[[str], str]:
    """Return a reader that accepts only these texts."""

    def read(text: str) -> str:
        if text not in choices:
            raise FaultError("Choose one of these.")
        return text

    return read


def read_hosts(text: str) -> tuple[str, ...]:
    """Return the hosts of the typed addresses, one a line; empty to follow the shop."""
    words = text.replace(",", " ").split()
    return tuple(dict.fromkeys(host_of(word) or word for word in words))


def read_days(text: str) -> int:
    """Return the number of days for which the log is kept.

    Raises:
        FaultError: the text is no number in the allowed range.
    """
    days = int(text) if _DAYS.fullmatch(text) else 0
    if not _FEWEST_DAYS <= days <= _MOST_DAYS:
        raise FaultError(f"Enter a number of days from {_FEWEST_DAYS} to {_MOST_DAYS}.")
    return days
