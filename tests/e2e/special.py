"""The service as gunicorn serves it, with a local queue that misbehaves as Cloud Tasks may."""

import os
from datetime import timedelta

from flask import Flask

from service.app import create_app
from service.bootstrap import build_services
from service.settings import Settings


def with_a_late_queue() -> Flask:
    """Return a service whose tasks are accepted and come an hour later."""
    settings = Settings.from_env(os.environ)
    return create_app(settings, build_services(settings, queue_delay=timedelta(hours=1)))


def with_a_doubling_queue() -> Flask:
    """Return a service whose every task comes twice at once."""
    settings = Settings.from_env(os.environ)
    return create_app(settings, build_services(settings, queue_copies=2))
