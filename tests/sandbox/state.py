"""The sandbox's memory while it runs, and the access to it from a request."""

from dataclasses import dataclass, field
from typing import cast

from flask import Flask, current_app

from tests.sandbox.accounts import Accounts
from tests.sandbox.calls import Calls
from tests.sandbox.commerce7_faults import API_MOODS, ApiFaultMode
from tests.sandbox.config import SandboxConfig
from tests.sandbox.delivery import Deliver
from tests.sandbox.faults import Faults
from tests.sandbox.inbox import Inbox
from tests.sandbox.installation import AppInstallation
from tests.sandbox.meta_faults import MOODS, FaultMode
from tests.sandbox.public_settings import PublicSettings
from tests.sandbox.rate_limit import RateLimit
from tests.sandbox.shop import Shop

_KEY = "sandbox"


@dataclass(frozen=True, slots=True)
class Commerce7:
    """A winery's shop, and the API in front of it with its planned faults."""

    shop: Shop
    accounts: Accounts = field(default_factory=Accounts)
    app: AppInstallation = field(default_factory=AppInstallation)
    settings: PublicSettings = field(default_factory=PublicSettings)
    limit: RateLimit = field(default_factory=RateLimit)
    calls: Calls = field(default_factory=Calls)
    faults: Faults[ApiFaultMode] = field(default_factory=lambda: Faults(API_MOODS))


@dataclass(frozen=True, slots=True)
class Meta:
    """Meta's received requests, and its planned faults."""

    inbox: Inbox = field(default_factory=Inbox)
    faults: Faults[FaultMode] = field(default_factory=lambda: Faults(MOODS))


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The two outside systems of one app."""

    config: SandboxConfig
    commerce7: Commerce7
    meta: Meta


def attach(app: Flask, config: SandboxConfig, deliver: Deliver) -> None:
    """Give an app new, empty systems."""
    app.extensions[_KEY] = Sandbox(config, Commerce7(Shop(config, deliver)), Meta())


def sandbox() -> Sandbox:
    """Return the systems of the app that serves the current request."""
    return cast("Sandbox", current_app.extensions[_KEY])
