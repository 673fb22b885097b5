"""What the sandbox remembers while it runs, and how its pages reach it."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from tests.sandbox.config import SandboxConfig
from tests.sandbox.delivery import Deliver
from tests.sandbox.faults import Faults
from tests.sandbox.inbox import Inbox
from tests.sandbox.shop import Shop

_KEY = "sandbox"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The two outside systems of one app: a winery's shop, and a Meta with its moods."""

    config: SandboxConfig
    shop: Shop
    inbox: Inbox
    faults: Faults


def attach(app: Flask, config: SandboxConfig, deliver: Deliver) -> None:
    """Give an app its own two systems."""
    app.extensions[_KEY] = Sandbox(config, Shop(config, deliver), Inbox(), Faults())


def sandbox() -> Sandbox:
    """Return the systems of the app that serves the current request."""
    return cast("Sandbox", current_app.extensions[_KEY])
