"""The sandbox's memory while it runs, and the access to it from a request."""

from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from tests.sandbox.accounts import Accounts
from tests.sandbox.browser_events import BrowserEvents
from tests.sandbox.calls import Calls
from tests.sandbox.carts import Carts
from tests.sandbox.commerce7_faults import API_MOODS, ApiFaultMode
from tests.sandbox.commerce7_lists import ListManners
from tests.sandbox.config import SandboxConfig
from tests.sandbox.delivery import Deliver
from tests.sandbox.faults import Faults
from tests.sandbox.inbox import Inbox
from tests.sandbox.installation import AppInstallation
from tests.sandbox.meta_faults import MOODS, FaultMode
from tests.sandbox.meta_offline import MOODS as OFFLINE_MOODS
from tests.sandbox.meta_offline import OfflineMode
from tests.sandbox.meta_quality import MOODS as QUALITY_MOODS
from tests.sandbox.meta_quality import QualityMode
from tests.sandbox.public_settings import PublicSettings
from tests.sandbox.rate_limit import RateLimit
from tests.sandbox.shop import Shop

_KEY = "sandbox"


@dataclass(frozen=True, slots=True)
class Commerce7:
    """A winery's shop, and the API in front of it with its planned faults."""

    shop: Shop
    carts: Carts = field(default_factory=Carts)
    accounts: Accounts = field(default_factory=Accounts)
    app: AppInstallation = field(default_factory=AppInstallation)
    settings: PublicSettings = field(default_factory=PublicSettings)
    limit: RateLimit = field(default_factory=RateLimit)
    calls: Calls = field(default_factory=Calls)
    lists: ListManners = field(default_factory=ListManners)
    faults: Faults[ApiFaultMode] = field(default_factory=lambda: Faults(API_MOODS))


@dataclass(frozen=True, slots=True)
class Meta:
    """What Meta received, from servers and from browsers, and its planned faults.

    `quality` and `offline` are those of its answers about quality and about offline events.
    """

    inbox: Inbox = field(default_factory=Inbox)
    browsers: BrowserEvents = field(default_factory=BrowserEvents)
    faults: Faults[FaultMode] = field(default_factory=lambda: Faults(MOODS))
    quality: Faults[QualityMode] = field(default_factory=lambda: Faults(QUALITY_MOODS))
    offline: Faults[OfflineMode] = field(default_factory=lambda: Faults(OFFLINE_MOODS))


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The two outside systems of one app."""

    config: SandboxConfig
    commerce7: Commerce7
    meta: Meta


def attach(app: Flask, config: SandboxConfig, deliver: Deliver) -> None:
    """Give an app new, empty systems."""
    app.extensions[_KEY] = Sandbox(config, Commerce7(Shop(config, deliver)), Meta())


def share(app: Flask, other: Flask) -> None:
    """Give an app the systems of another one."""
    app.extensions[_KEY] = other.extensions[_KEY]


def sandbox() -> Sandbox:
    """Return the systems of the app that serves the current request."""
    return cast("Sandbox", current_app.extensions[_KEY])
