"""Each field of the Configuration tab: its text as a setting's value.

`service/domain/tenants/settings_faults.py` says what is wrong with a value; only what cannot be one
is refused here.
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
_UNSEEN = "\N{REPLACEMENT CHARACTER}"


class FaultError(Exception):
    """What is wrong with a field, in a sentence for whoever typed it."""


def legible(text: str) -> str:
    """Return the text with a sign for each character that no page may hold or nobody can see."""
    return "".join(each if each.isprintable() or each in _BREAKS else _UNSEEN for each in text)


def read_token(text: str) -> str:
    """Return a new access token, empty for none; a copied one may be broken over lines."""
    token = "".join(text.split())
    if token and not _TOKEN.fullmatch(token):
        raise FaultError("This is no access token: copy the whole of it from Events Manager.")
    return token


def read_text(text: str) -> str:
    """Return what is one text as it stands, empty for none."""
    return text


def read_currency(text: str) -> str | None:
    """Return a currency, `None` to follow the shop."""
    return currency_of(text) or text or None


def read_zone(text: str) -> str | None:
    """Return a time zone, `None` to follow the shop."""
    return text or None


def read_choice(*choices: str) -> Callable[[str], str]:
    """Return the reader of a field that takes one of these."""

    def read(text: str) -> str:
        if text not in choices:
            raise FaultError("Choose one of these.")
        return text

    return read


def read_hosts(text: str) -> tuple[str, ...]:
    """Return the hosts of web addresses, one a line; none at all to follow the shop."""
    words = text.replace(",", " ").split()
    return tuple(dict.fromkeys(host_of(_ascii(word)) or word for word in words))


def read_days(text: str) -> int:
    """Return for how many days the log is kept."""
    days = int(text) if _DAYS.fullmatch(text) else 0
    if not _FEWEST_DAYS <= days <= _MOST_DAYS:
        raise FaultError(f"Enter a number of days from {_FEWEST_DAYS} to {_MOST_DAYS}.")
    return days


def _ascii(word: str) -> str:
    """Return an address of accented letters as browsers send it: `château.fr` → `xn--…`."""
    try:
        return word if word.isascii() else word.encode("idna").decode()
    except UnicodeError:
        return word
