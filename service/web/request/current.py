"""What the current request works with. The only module that asks Flask for the current app."""

from datetime import datetime
from pathlib import Path
from typing import cast

from flask import current_app

from service.infra.bulkhead import Turns
from service.infra.rate_limiter import Pace
from service.ports import Services
from service.settings import Settings

SERVICES = "onepixel.services"
SETTINGS = "onepixel.settings"
CLAIMS = "onepixel.claims"
FRAMES = "onepixel.frames"
INSTALLS = "onepixel.installs"
PRESSES = "onepixel.presses"
SENDS = "onepixel.sends"
LOOKUPS = "onepixel.lookups"
EXPORTS = "onepixel.exports"


def services() -> Services:
    """Return the services of the running app."""
    return cast("Services", current_app.extensions[SERVICES])


def settings() -> Settings:
    """Return the settings of the running app."""
    return cast("Settings", current_app.extensions[SETTINGS])


def claims() -> Pace:
    """Return how often signals of nobody's may be heard."""
    return cast("Pace", current_app.extensions[CLAIMS])


def frames() -> Pace:
    """Return how often one address may have Commerce7 asked who somebody is."""
    return cast("Pace", current_app.extensions[FRAMES])


def installs() -> Pace:
    """Return how often installs and uninstalls of nobody's may be heard."""
    return cast("Pace", current_app.extensions[INSTALLS])


def presses() -> Pace:
    """Return how often a winery's staff may have Meta asked by hand."""
    return cast("Pace", current_app.extensions[PRESSES])


def sends() -> Turns:
    """Return how many sends to one pixel may be under way in this process."""
    return cast("Turns", current_app.extensions[SENDS])


def lookups() -> Turns:
    """Return how many questions to the shops may be under way in this process."""
    return cast("Turns", current_app.extensions[LOOKUPS])


def exports() -> Turns:
    """Return how many files of logs may be under way in this process."""
    return cast("Turns", current_app.extensions[EXPORTS])


def static_folder() -> Path:
    """Return where the running app's static files are."""
    return Path(current_app.static_folder or "")


def now() -> datetime:
    """Return the time of this request."""
    return services().clock()
