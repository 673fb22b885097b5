"""Amounts of money: integers, so that no cent is ever lost to rounding."""

from msgspec import Struct

MINOR_UNITS = 100
"""How many minor units make one. Wrong for currencies without any, which no winery's shop uses."""


def major(minor: int) -> float:
    """Return an amount of minor units in whole ones, as Meta and people read it."""
    return minor / MINOR_UNITS


class Money(Struct, frozen=True, kw_only=True):
    """An amount in minor units (cents); `currency` is ISO 4217 in upper case.

    The currency is `None` while the shop's currency is unknown: it is never guessed.
    """

    minor: int
    currency: str | None

    @property
    def major(self) -> float:
        """Return the amount in whole units."""
        return major(self.minor)
