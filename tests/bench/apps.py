"""Apps for gunicorn, as production has them but for what would end a measurement early."""

import os
from datetime import timedelta

from flask import Flask

from service.app import create_app
from service.bootstrap import build_services
from service.infra.rate_limiter import RateLimiter
from service.settings import Settings
from service.web.request.current import LIMITS
from service.web.request.limits import ProcessLimits


def without_limits_of_beacons() -> Flask:
    """Return a service that takes any number of beacons of one caller, and sends them later."""
    settings = Settings.from_env(os.environ)
    app = create_app(settings, build_services(settings, queue_delay=timedelta(hours=1)))
    app.extensions[LIMITS] = ProcessLimits(beacons=_boundless(), tenant_beacons=_boundless())
    return app


def _boundless() -> RateLimiter:
    return RateLimiter(burst=10**9, interval=timedelta(microseconds=1))
