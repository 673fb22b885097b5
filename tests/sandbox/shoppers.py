"""Invented shoppers: what the snippet tells of each, what they order, and who they truly are. Pure.

For measuring how well clicks on ads are joined to orders. The seed decides everything but the
time. What the snippet sends is written in `snippet/ARCHITECTURE.md`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from random import Random
from uuid import UUID

from tests.sandbox.order_parts import Json
from tests.sandbox.people import Person
from tests.sandbox.products import PRODUCTS, Line

_WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6"
_BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0"
_PHONES = (
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) {_WEBKIT} Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 10; K) {_BLINK} Mobile Safari/537.36",
)
_COMPUTERS = (
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Safari/605.1.15",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_BLINK} Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
)
# By the usual mix, three of them have a shared address.
_SHOPPERS_FOR_EACH_HOME = 16
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Trait(StrEnum):
    """What makes the shopper's order easy or hard to join to their click."""

    AD_CLICK = "ad click"
    """They came from an ad."""
    SHARED_ADDRESS = "shared address"
    """Others of their household or office shop from the same IP address."""
    PRIVATE_RELAY = "private relay"
    """Every request comes from another IP address."""
    TWO_DEVICES = "two devices"
    """They come on a phone, and order on a computer, from another IP address."""
    BLOCKED = "blocked"
    """Their browser blocks the snippet: the service hears of the order alone."""
    CART_SEEN = "cart seen"
    """The snippet learns the cart's id."""
    EMAIL_SEEN = "e-mail seen"
    """The snippet learns the e-mail address, on each device."""
    BUYS = "buys"
    """They order."""


USUAL: Mapping[Trait, float] = {
    Trait.AD_CLICK: 0.6,
    Trait.SHARED_ADDRESS: 0.2,
    Trait.PRIVATE_RELAY: 0.15,
    Trait.TWO_DEVICES: 0.15,
    Trait.BLOCKED: 0.15,
    Trait.CART_SEEN: 0.8,
    Trait.EMAIL_SEEN: 0.3,
    Trait.BUYS: 0.5,
}
"""How many of the shoppers have each trait, from 0 to 1, independently of the others. Invented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacon:
    """One request of the snippet; `body` is its JSON without the tenant."""

    at: datetime
    shopper: int
    ip: str
    user_agent: str
    body: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One order; its id will be the cart's."""

    at: datetime
    shopper: int
    ip: str
    user_agent: str
    cart_id: str
    person: Person
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Who made an order. `fbc` is their click's id, also if the snippet was blocked and told none.

    `fbp` is the id of the browser that they ordered with.
    """

    order_id: str
    shopper: int
    fbc: str | None
    fbp: str
    traits: frozenset[Trait]


Step = Beacon | Sale


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps by their time, and the truth of each order."""

    steps: tuple[Step, ...]
    truth: tuple[Truth, ...]


def plan(
    shoppers: int,
    *,
    seed: int,
    begun: datetime,
    lasting: timedelta = timedelta(minutes=30),
    shop_url: str = "https://shop.example.com",
    mix: Mapping[Trait, float] = USUAL,
) -> Plan:
    """Return what this many shoppers do who come at any time within `lasting`.

    A trait that `mix` does not name is no shopper's.
    """
    random = Random(seed)
    homes = [_address(random) for _ in range(1 + shoppers // _SHOPPERS_FOR_EACH_HOME)]
    steps: list[Step] = []
    truth: list[Truth] = []
    for number in range(shoppers):
        come = begun + random.random() * lasting
        visit = _Visit(number, random, come, shop_url=shop_url, homes=homes, mix=mix)
        steps += visit.steps()
        if Trait.BUYS in visit.traits:
            truth.append(visit.truth())
    return Plan(tuple(sorted(steps, key=lambda step: step.at)), tuple(truth))


class _Device:
    """A browser with its cookies. `relay` draws each request's address, if there is one."""

    def __init__(self, random: Random, user_agent: str, ip: str, *, has_relay: bool) -> None:
        self._random, self._ip, self._has_relay = random, ip, has_relay
        self.user_agent = user_agent
        self.fbp_id = random.randrange(2**31)
        self.fbclid: str | None = None

    def ip(self) -> str:
        return _address(self._random) if self._has_relay else self._ip


class _Visit:
    """One shopper, from the first page to the order."""

    def __init__(
        self,
        number: int,
        random: Random,
        come: datetime,
        *,
        shop_url: str,
        homes: list[str],
        mix: Mapping[Trait, float],
    ) -> None:
        self._number, self._random, self._come = number, random, come
        self._shop_url = shop_url
        self.traits = frozenset(trait for trait, share in mix.items() if random.random() < share)
        self._token = f"{random.getrandbits(32):08x}"
        self._cart_id = _uuid(random)
        self._line = Line(random.choice(tuple(PRODUCTS.values())), random.randrange(1, 4))
        at_home = random.choice(homes) if Trait.SHARED_ADDRESS in self.traits else _address(random)
        has_relay = Trait.PRIVATE_RELAY in self.traits
        computer = _Device(random, random.choice(_COMPUTERS), at_home, has_relay=has_relay)
        phone = _Device(random, random.choice(_PHONES), _address(random), has_relay=has_relay)
        self._orders_on = computer
        self._comes_on = phone if Trait.TWO_DEVICES in self.traits else computer
        if Trait.AD_CLICK in self.traits:
            self._comes_on.fbclid = "IwAR" + "".join(random.choices(_LETTERS, k=40))

    def steps(self) -> Iterator[Step]:
        """Yield all steps; without the snippet, the order alone."""
        every = [*self._looks_around(self._comes_on)]
        if Trait.BUYS in self.traits:
            every += self._orders(self._orders_on)
        is_told = Trait.BLOCKED not in self.traits
        yield from (step for step in every if is_told or isinstance(step, Sale))

    def truth(self) -> Truth:
        """Return who made the order."""
        return Truth(
            order_id=self._cart_id,
            shopper=self._number,
            fbc=self._fbc(self._comes_on),
            fbp=self._fbp(self._orders_on),
            traits=self.traits,
        )

    def _looks_around(self, device: _Device) -> Iterator[Step]:
        query = f"?fbclid={device.fbclid}" if device.fbclid else ""
        yield self._beacon(device, f"/{query}", "PageView", after=0)
        yield self._beacon(device, self._product_path, "PageView", "ViewContent", after=20)

    def _orders(self, device: _Device) -> Iterator[Step]:
        yield self._beacon(device, self._product_path, "AddToCart", after=90)
        yield self._beacon(device, "/checkout", "PageView", "InitiateCheckout", after=120)
        yield Sale(
            at=self._come + timedelta(seconds=240),
            shopper=self._number,
            ip=device.ip(),
            user_agent=device.user_agent,
            cart_id=self._cart_id,
            person=self._person(),
            lines=(self._line,),
        )
        yield self._beacon(device, "/checkout/receipt", "PageView", after=242)

    def _beacon(self, device: _Device, path: str, *names: str, after: int) -> Beacon:
        at = self._come + timedelta(seconds=after)
        body: Json = {
            "events": [self._event(name, path, at) for name in names],
            "fbp": self._fbp(device),
        }
        if fbc := self._fbc(device):
            body["fbc"] = fbc
        if Trait.CART_SEEN in self.traits and device is self._orders_on and after >= 90:
            body["cart"] = self._cart_id
        if Trait.EMAIL_SEEN in self.traits:
            body["email"] = sha256(self._email.encode()).hexdigest()
        return Beacon(
            at=at,
            shopper=self._number,
            ip=device.ip(),
            user_agent=device.user_agent,
            body=body,
        )

    def _event(self, name: str, path: str, at: datetime) -> Json:
        event: Json = {
            "name": name,
            "id": _uuid(self._random),
            "at": _milliseconds(at),
            "url": f"{self._shop_url}{path}",
        }
        if name == "PageView":
            return event
        product = self._line.product
        quantity = 1 if name == "ViewContent" else self._line.quantity
        line = {"id": product.sku, "quantity": quantity, "price": product.price / 100}
        return event | {"products": [line], "currency": "USD"}

    @property
    def _product_path(self) -> str:
        return f"/product/{self._line.product.slug}"

    @property
    def _email(self) -> str:
        return f"shopper.{self._token}@example.com"

    def _fbp(self, device: _Device) -> str:
        return f"fb.1.{_milliseconds(self._come)}.{device.fbp_id}"

    def _fbc(self, device: _Device) -> str | None:
        return f"fb.1.{_milliseconds(self._come)}.{device.fbclid}" if device.fbclid else None

    def _person(self) -> Person:
        return Person(
            first_name="Sam",
            last_name=f"Shopper {self._number}",
            email=self._email,
            phone=f"+1541555{100 + self._number % 100:04}",
            address="5 Example Street",
            city="Eugene",
            state="OR",
            zip_code="97401",
            ip="",
        )


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _address(random: Random) -> str:
    """Return a public address: IPv6 of one in four."""
    if random.random() < 0.25:
        return f"2600:{random.randrange(1, 2**16):x}::{random.randrange(1, 2**16):x}"
    return f"8.{random.randrange(16, 256)}.{random.randrange(256)}.{random.randrange(1, 255)}"


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
