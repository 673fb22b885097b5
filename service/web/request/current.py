"""The current app's services, settings and limits; no other module asks Flask for the app."""

from datetime import datetime
from pathlib import Path
from typing import cast

from flask import current_app

from service.ports import Services
from service.settings import Settings
from service.web.request.limits import ProcessLimits

SERVICES = "onepixel.services"
SETTINGS = "onepixel.settings"
LIMITS = "onepixel.limits"


def services() -> Services:
    """Return the services of the running app."""
    return cast("Services", current_app.extensions[SERVICES])


def settings() -> Settings:
    """Return the settings of the running app."""
    return cast("Settings", current_app.extensions[SETTINGS])


def limits() -> ProcessLimits:
    """Return the rate limiters, bulkheads and memories of this process."""
    return cast("ProcessLimits", current_app.extensions[LIMITS])


def static_folder() -> Path:
    """Return the folder of the running app's static files."""
    return Path(current_app.static_folder or "")


def now() -> datetime:
    """Return the time of this request."""
    return services().clock()
