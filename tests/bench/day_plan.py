"""The release day of 1,000 wineries that the area `day` sends. Pure, and the same for each seed.

Ten wineries charge a club within an hour, 120 members each, two of them at most in the same hour.
All others have three orders at most, of the web shop, the telephone and the till, most of them in
the afternoon. Each order is told of twice: when it is made, and when it is packed, which is no
news. Of the wineries fifteen have an expired token, among them one with a club run, and ten are
paused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from uuid import UUID

from tests.sandbox.orders import OrderKind

WINERIES = 1000
_RELEASES, _CHARGES, _MOST_ORDERS = 10, 120, 3
_RELEASE_HOURS, _RELEASES_OF_AN_HOUR = range(9, 17), 2
_EXPIRED_RELEASES, _EXPIRED, _PAUSED = 1, 14, 10
# How many of the day's orders come in each of its hours, from midnight on.
_HOURS = (1, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 9, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1)
_PACKED_AFTER_HOURS = (0.1, 2.0)
_KINDS = (OrderKind.WEB, OrderKind.GIFT, OrderKind.CALIFORNIA, OrderKind.INBOUND, OrderKind.POS)
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An order: by its hours from midnight on it is made, and packed."""

    tenant_id: str
    order_id: str
    kind: OrderKind
    made_at: float
    packed_at: float

    @property
    def event_id(self) -> str:
        """The id of its event at Meta."""
        return f"c7-order-{self.order_id}"

    @property
    def is_club_charge(self) -> bool:
        """Whether it is of a club run."""
        return self.kind is OrderKind.CLUB


@dataclass(frozen=True, slots=True)
class Day:
    """All orders of the day, and the wineries that get none of theirs sent."""

    wineries: tuple[str, ...]
    expired: frozenset[str]
    paused: frozenset[str]
    orders: tuple[PlannedOrder, ...]

    @property
    def sent(self) -> tuple[PlannedOrder, ...]:
        """The orders whose events Meta is to get."""
        unsent = self.expired | self.paused
        return tuple(each for each in self.orders if each.tenant_id not in unsent)

    @property
    def held(self) -> tuple[PlannedOrder, ...]:
        """The orders whose events wait for a new token."""
        return tuple(each for each in self.orders if each.tenant_id in self.expired)

    @property
    def skipped(self) -> tuple[PlannedOrder, ...]:
        """The orders of paused wineries."""
        return tuple(each for each in self.orders if each.tenant_id in self.paused)


def a_day(seed: int) -> Day:
    """Return the day."""
    chance = Random(seed)
    wineries = tuple(f"winery-{number:04}" for number in range(WINERIES))
    releasing, others = wineries[:_RELEASES], wineries[_RELEASES:]
    expired = (*releasing[:_EXPIRED_RELEASES], *others[:_EXPIRED])
    orders = [
        *_releases(releasing, chance),
        *_usual(others, chance),
    ]
    return Day(
        wineries=wineries,
        expired=frozenset(expired),
        paused=frozenset(others[_EXPIRED : _EXPIRED + _PAUSED]),
        orders=tuple(orders),
    )


def _releases(wineries: tuple[str, ...], chance: Random) -> Iterator[PlannedOrder]:
    hours = chance.sample([*_RELEASE_HOURS] * _RELEASES_OF_AN_HOUR, len(wineries))
    for tenant_id, hour in zip(wineries, hours, strict=True):
        for _ in range(_CHARGES):
            yield _order(tenant_id, OrderKind.CLUB, hour + chance.random(), chance)


def _usual(wineries: tuple[str, ...], chance: Random) -> Iterator[PlannedOrder]:
    until = list(accumulate(_HOURS))
    for tenant_id in wineries:
        for _ in range(chance.randint(1, _MOST_ORDERS)):
            (hour,) = chance.choices(range(_DAY_HOURS), cum_weights=until)
            yield _order(tenant_id, chance.choice(_KINDS), hour + chance.random(), chance)


def _order(tenant_id: str, kind: OrderKind, made_at: float, chance: Random) -> PlannedOrder:
    order_id = str(UUID(int=chance.getrandbits(128), version=4))
    packed_at = made_at + chance.uniform(*_PACKED_AFTER_HOURS)
    return PlannedOrder(tenant_id, order_id, kind, made_at, packed_at)
