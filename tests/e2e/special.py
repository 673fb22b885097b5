"""Apps for gunicorn with a local queue that is late or delivers twice, as Cloud Tasks may."""

import os
from datetime import timedelta

from flask import Flask

from service.app import create_app
from service.bootstrap import build_services
from service.settings import Settings


def with_a_late_queue() -> Flask:
    """Return a service whose tasks are delivered an hour late."""
    settings = Settings.from_env(os.environ)
    return create_app(settings, build_services(settings, queue_delay=timedelta(hours=1)))


def with_a_doubling_queue() -> Flask:
    """Return a service whose tasks are all delivered twice at once."""
    settings = Settings.from_env(os.environ)
    return create_app(settings, build_services(settings, queue_copies=2))
