"""Amounts of money: integers, so that no cent is ever lost to rounding."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in minor units (cents); `currency` is ISO 4217 in upper case.

    The currency is `None` while the shop's currency is unknown: it is never guessed.
    """

    minor: int
    currency: str | None
