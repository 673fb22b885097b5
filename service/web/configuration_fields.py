"""Each field of the Configuration tab: its text as a setting's value, or what is wrong with it."""

import re
from collections.abc import Callable
from functools import cache
from zoneinfo import available_timezones

from service.domain.currency import currency_of
from service.domain.identity import normalize_email
from service.domain.tenant import host_of, is_pixel_id

NO_TOKEN = "This pixel needs its access token: Events Manager, Settings, Generate access token."  # noqa: S105
WHOSE_TOKEN = "Enter the id of the pixel that this token belongs to."  # noqa: S105
NOT_EMPTY = "Enter the pixel's id. To do without this pixel, remove it below."

_TOKEN = re.compile(r"[A-Za-z0-9_|.:=+/-]{20,1000}")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DAYS = re.compile(r"[0-9]{1,4}")
_FEWEST_DAYS, _MOST_DAYS = 7, 3650
_MOST_HOSTS = 50
_SHOWN = 60
_BREAKS = "\r\n\t"
_UNSEEN = "\N{REPLACEMENT CHARACTER}"


class FaultError(Exception):
    """What is wrong with a field, in a sentence for whoever typed it."""


def legible(text: str) -> str:
    """Return the text with a sign for each character that no page may hold or nobody can see."""
    return "".join(each if each.isprintable() or each in _BREAKS else _UNSEEN for each in text)


def read_pixel_id(text: str) -> str:
    """Return a pixel's id, empty for none."""
    if text and not is_pixel_id(text):
        raise FaultError("A pixel id has 10 to 17 digits; Events Manager shows it under Settings.")
    return text


def read_token(text: str) -> str:
    """Return a new access token, empty for none; a copied one may be broken over lines."""
    token = "".join(text.split())
    if token and not _TOKEN.fullmatch(token):
        raise FaultError("This is no access token: copy the whole of it from Events Manager.")
    return token


def read_code(text: str) -> str:
    """Return a Test Event Code, empty for none."""
    if text and not _CODE.fullmatch(text):
        raise FaultError(
            "A test code looks like TEST12345; Events Manager shows it under Test Events."
        )
    return text


def read_currency(text: str) -> str | None:
    """Return a currency, `None` to follow the shop."""
    code = currency_of(text)
    if text and code is None:
        raise FaultError("There is no such currency. Its code has three letters, as in USD or EUR.")
    return code


def read_zone(text: str) -> str | None:
    """Return a time zone, `None` to follow the shop."""
    if text and text not in _zones():
        raise FaultError("A time zone is written like America/Los_Angeles; choose one of the list.")
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
    hosts: dict[str, None] = {}
    for word in text.replace(",", " ").split():
        host = host_of(_ascii(word))
        if host is None:
            raise FaultError(f"“{_short(word)}” is no web address; write it like shop.example.com.")
        hosts[host] = None
    if len(hosts) > _MOST_HOSTS:
        raise FaultError(f"These are {len(hosts)} addresses; {_MOST_HOSTS} is the most.")
    return tuple(hosts)


def read_days(text: str) -> int:
    """Return for how many days the log is kept."""
    days = int(text) if _DAYS.fullmatch(text) else 0
    if not _FEWEST_DAYS <= days <= _MOST_DAYS:
        raise FaultError(f"Enter a number of days from {_FEWEST_DAYS} to {_MOST_DAYS}.")
    return days


def read_address(text: str) -> str:
    """Return an e-mail address, empty for none."""
    if text and normalize_email(text) is None:
        raise FaultError("This is no e-mail address; write it like you@example.com.")
    return text


def _ascii(word: str) -> str:
    """Return an address of accented letters as browsers send it: `château.fr` → `xn--…`."""
    try:
        return word if word.isascii() else word.encode("idna").decode()
    except UnicodeError:
        return word


def _short(word: str) -> str:
    return word if len(word) <= _SHOWN else f"{word[:_SHOWN]}…"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
