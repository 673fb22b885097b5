"""A tenant's settings: one JSON shape for storage, commands, preview and dashboard."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

import idna
import msgspec
from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker
from service.domain.events.event import OFF_BY_DEFAULT, EventName
from service.domain.shop.order import Channel
from service.domain.shop.public_settings import Shop
from service.domain.tenants.catch_up import CatchUp, begun_at
from service.domain.tenants.counting import Counting
from service.domain.tenants.installation import Installation
from service.domain.tenants.notices import Notices
from service.domain.tenants.progress import Progress
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.report_plan import Frequency
from service.domain.tenants.session import SignOut

_TENANT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PIXEL_ID = re.compile(r"[0-9]{10,17}")
_TOKEN = re.compile(r"[A-Za-z0-9_|.:=+/-]{1,1000}")
_TEST_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{4,253}}$){_LABEL}(?:\.{_LABEL})+")

FEWEST_DAYS, MOST_DAYS = 7, 3650
"""For how many days the log may be kept."""


def is_tenant_id(text: str) -> bool:
    """Tell whether this can be a tenant's id; checked before an id is used in a path or key."""
    return _TENANT_ID.fullmatch(text) is not None


def is_pixel_id(text: str) -> bool:
    """Tell whether this can be a pixel's id: 10 to 17 digits, as Events Manager shows it."""
    return _PIXEL_ID.fullmatch(text) is not None


def is_access_token(text: str) -> bool:
    """Tell whether this can be one of Meta's access tokens, which go into an HTTP header."""
    return _TOKEN.fullmatch(text) is not None


def is_test_code(text: str) -> bool:
    """Tell whether this can be a Test Event Code, as Events Manager shows it."""
    return _TEST_CODE.fullmatch(text) is not None


def host_of(typed: str) -> str | None:
    """Return the host of a shop's domain as typed: `Shop.com/wines` → `shop.com`.

    A name with other letters is returned as browsers send it (IDNA): `château.fr` → `xn--…`.
    """
    address = typed.strip().lower()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname
        if host and not host.isascii():
            host = idna.encode(host, uts46=True).decode()
    except ValueError:  # "https://[" is no address at all; IDNA has rules of its own
        return None
    return host if host and _HOST.fullmatch(host) else None


class Role(StrEnum):
    """Which of a tenant's two pixels a delivery goes to."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class Pixel(Struct, frozen=True, kw_only=True):
    """A Meta dataset's id; empty while the role is unused. Its token lives apart, encrypted."""

    id: str = ""


class Pixels(Struct, frozen=True, kw_only=True):
    """The pixels of both roles."""

    primary: Pixel = Pixel()
    secondary: Pixel = Pixel()


def is_on_by_default(switch: EventName | Channel) -> bool:
    """Tell whether this switch is on where a winery has not chosen."""
    return switch not in OFF_BY_DEFAULT


_Switch = TypeVar("_Switch", EventName, Channel)


def _defaults(switches: Iterable[_Switch]) -> dict[_Switch, bool]:
    return {switch: is_on_by_default(switch) for switch in switches}


class TenantSettings(Struct, frozen=True, kw_only=True):
    """What a winery chose, without secrets. `is_on` reads a switch, also one that is not named.

    The log is kept for `retention_days`, and never shorter than Meta accepts events: its rows keep
    an event from being made twice.
    """

    enabled: bool = True
    currency: str | None = None
    timezone: str | None = None
    pixels: Pixels = Pixels()
    test_event_code: str = ""
    events: Mapping[EventName, bool] = field(default_factory=lambda: _defaults(EventName))
    channels: Mapping[Channel, bool] = field(default_factory=lambda: _defaults(Channel))
    value_rule: Literal["total", "subtotal"] = "total"
    content_id: Literal["sku", "variant", "product"] = "sku"
    consent_mode: Literal["off", "required"] = "off"
    ldu_other_states: bool = False
    shop_domains: tuple[str, ...] = ()
    retention_days: Annotated[int, msgspec.Meta(ge=FEWEST_DAYS, le=MOST_DAYS)] = 90
    alert_email: str = ""
    report: Frequency = "off"
    checkout_email: bool = False
    remember_clicks: bool = False

    @property
    def version(self) -> str:
        """Return a hash of the settings, which detects that two people save at once."""
        return sha256(msgspec.json.encode(self, order="sorted")).hexdigest()[:16]

    def is_on(self, switch: EventName | Channel) -> bool:
        """Tell whether the event, or the orders of the channel, are sent.

        Settings of older releases do not name every switch; such a one has its default.
        """
        if isinstance(switch, Channel):
            chosen = self.channels.get(switch)
        else:
            chosen = self.events.get(switch)
        return is_on_by_default(switch) if chosen is None else chosen

    def without(self, role: Role) -> "TenantSettings":
        """Return the settings with no pixel in this role."""
        pixels = replace(self.pixels, **{role: Pixel()})
        return replace(self, pixels=pixels)

    def pixel_of(self, role: Role) -> str:
        """Return the id of the role's pixel, empty while none is set."""
        return (self.pixels.primary if role is Role.PRIMARY else self.pixels.secondary).id

    @property
    def has_one_pixel_twice(self) -> bool:
        """Tell whether both roles name one pixel, which would get each event twice."""
        secondary = self.pixels.secondary.id
        return secondary != "" and secondary == self.pixels.primary.id

    def roles(self) -> tuple[Role, ...]:
        """Return the roles that have a pixel of their own, primary first."""
        primary, secondary = self.pixels.primary.id, self.pixels.secondary.id
        used = (Role.PRIMARY,) if primary else ()
        return used if secondary in {"", primary} else (*used, Role.SECONDARY)

    @property
    def shop_host(self) -> str | None:
        """Return the host of the shop's pages: the first of its domains; `None` if unknown."""
        return next(iter(self.shop_hosts), None)

    @property
    def shop_hosts(self) -> tuple[str, ...]:
        """Return the hosts of the shop's domains, without what is none."""
        return _hosts_of(self.shop_domains)

    def is_shop_host(self, host: str) -> bool:
        """Tell whether the host is one of the shop's domains, with or without `www.`."""
        return _without_www(host) in {_without_www(each) for each in self.shop_hosts}

    def with_plain_hosts(self) -> "TenantSettings":
        """Return the settings with each shop domain as its host; what is none stays as typed."""
        hosts = dict.fromkeys(host_of(typed) or typed for typed in self.shop_domains)
        return replace(self, shop_domains=tuple(hosts))

    def filled_from(self, shop: Shop) -> "TenantSettings":
        """Return the settings with the shop's own facts where the winery chose nothing."""
        return replace(
            self,
            currency=self.currency or shop.currency,
            timezone=self.timezone or shop.timezone,
            shop_domains=self.shop_domains or ((shop.domain,) if shop.domain else ()),
        )


@lru_cache(maxsize=1024)
def _hosts_of(domains: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(host for typed in domains if (host := host_of(typed)))


def _without_www(host: str) -> str:
    return host.lower().removeprefix("www.")


NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The `shop_due_at` of a shop that was never asked: before every other one."""


class Due(StrEnum):
    """What may be due for a winery; the values are part of stored names.

    `UNPROVEN` is the purge of a winery that never had us, and is due with its `INSTALLATION`: by
    its time such wineries can be counted and found, the oldest first.
    """

    SHOP = "shop"
    INSTALLATION = "installation"
    WAITING = "breakers"
    NOTICES = "notices"
    CATCH_UP = "catch_up"
    UNPROVEN = "unproven"
    COUNTING = "counting"


class Tenant(Struct, frozen=True, kw_only=True, dict=True):
    """A winery: its choices, its shop's public settings, and what the service knows of it.

    `shop` is `None` until the shop has answered. `shop_due_at` is when it is asked next. `breakers`
    are the circuit breakers of pixels that had a failure. `recheck` is when the waiting deliveries
    are read. `progress` is how far the set-up has come, `notices` are the e-mails about alerts, and
    `catch_up` is up to when its webhooks are checked against its shop's lists. `sign_out` is when
    all of its staff were signed out. `counting` is when its events are counted next.
    """

    id: str
    choices: TenantSettings = field(default_factory=TenantSettings)
    shop: Shop | None = None
    shop_due_at: datetime = NEVER
    installation: Installation = field(default_factory=Installation)
    progress: Progress = field(default_factory=Progress)
    breakers: Mapping[Role, Breaker] = field(default_factory=dict)
    recheck: Recheck = field(default_factory=Recheck)
    notices: Notices = field(default_factory=Notices)
    catch_up: CatchUp = field(default_factory=CatchUp)
    sign_out: SignOut = field(default_factory=SignOut)
    counting: Counting = field(default_factory=Counting)

    def breaker(self, role: Role) -> Breaker:
        """Return the circuit breaker of the role's pixel."""
        return self.breakers.get(role, Breaker())

    @cached_property  # asked some ten times for each event
    def settings(self) -> TenantSettings:
        """Return the settings in effect: the winery's choices, else its shop's facts."""
        return self.choices.filled_from(self.shop) if self.shop else self.choices

    def is_shop_due(self, now: datetime) -> bool:
        """Tell whether the shop is to be asked for its public facts."""
        return self.shop_due_at <= now

    def with_installation(self, installation: Installation, *, now: datetime) -> "Tenant":
        """Return the winery with this installation; the shop of a new one is to be asked at once.

        While there was none, its shop could not be asked, and its webhooks were not for us.
        """
        after = replace(self, installation=installation)
        if not installation.is_installed or self.installation.is_installed:
            return after
        return replace(after, shop_due_at=now, catch_up=begun_at(now))

    def with_breaker(self, role: Role, breaker: Breaker) -> "Tenant":
        """Return the winery with this breaker for the role's pixel; itself if nothing changes."""
        if breaker == self.breaker(role):
            return self
        return replace(self, breakers={**self.breakers, role: breaker})

    def due_at(self, what: Due) -> datetime | None:
        """Return when this is due next; `None` for never."""
        is_installed = self.installation.is_installed
        times = {
            Due.SHOP: self.shop_due_at,
            Due.INSTALLATION: self.installation.due_at,
            Due.WAITING: self._waiting_due_at,
            Due.NOTICES: self.notices.due_at(self.settings.timezone),
            Due.CATCH_UP: (self.catch_up.at or NEVER) if is_installed else None,
            Due.UNPROVEN: self.installation.unproven_until,
            Due.COUNTING: (self.counting.at or NEVER) if is_installed else None,
        }
        return times[what]

    @property
    def _waiting_due_at(self) -> datetime | None:
        times = (self.recheck.at, *(each.due_at for each in self.breakers.values()))
        return min((at for at in times if at), default=None)
