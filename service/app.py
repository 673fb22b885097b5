"""The Flask app: blueprints, commands and error handlers around given services."""

import logging
from pathlib import Path, PurePosixPath
from types import TracebackType

from flask import Flask, Response, abort
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from service.bootstrap import build_services
from service.cli import customer, fleet, tenant
from service.infra.logs import exception_fields
from service.ports import Services
from service.settings import Settings
from service.web.configuration.changes import changes
from service.web.configuration.connection import connection
from service.web.configuration.outcome import outcome
from service.web.configuration.setup import setup
from service.web.configuration.simulation import simulation
from service.web.configuration.snippet import snippet_test
from service.web.configuration.trial_mail import trial
from service.web.configuration.views import configuration
from service.web.dashboard.alerts import alerts, announce_changes
from service.web.dashboard.docs import docs
from service.web.dashboard.forget import forget
from service.web.dashboard.frame import frame
from service.web.dashboard.overview import overview
from service.web.dashboard.tabs import register_tabs
from service.web.endpoints.collect import collect
from service.web.endpoints.health import health
from service.web.endpoints.install import lifecycle
from service.web.endpoints.snippet import snippet
from service.web.endpoints.tasks import tasks
from service.web.endpoints.webhooks import webhooks
from service.web.eventlog.backfill import backfill
from service.web.eventlog.causes import causes
from service.web.eventlog.clear import clear
from service.web.eventlog.event_page import event_page
from service.web.eventlog.export import export
from service.web.eventlog.jobs import log_work
from service.web.eventlog.missing_order import missing_order
from service.web.eventlog.resend import resend
from service.web.eventlog.view_words import status_words
from service.web.eventlog.views import eventlog
from service.web.figures.views import figures
from service.web.health.views import winery_health
from service.web.quality.views import quality
from service.web.request.assets import asset, compress, is_built, send_built
from service.web.request.current import LIMITS, SERVICES, SETTINGS
from service.web.request.errors import register_errors
from service.web.request.headers import add_security_headers, frame_script, own_script
from service.web.request.limits import ProcessLimits
from service.web.request.trace import note_trace

_ROOT = Path(__file__).parent.parent
_MOST_BYTES = 1024 * 1024
_BLUEPRINTS = (
    lifecycle,
    webhooks,
    tasks,
    frame,
    overview,
    eventlog,
    event_page,
    missing_order,
    quality,
    figures,
    export,
    configuration,
    snippet_test,
    causes,
    resend,
    backfill,
    clear,
    log_work,
    connection,
    changes,
    outcome,
    trial,
    simulation,
    alerts,
    winery_health,
    setup,
    docs,
    forget,
    snippet,
    collect,
    health,
)

log = logging.getLogger(__name__)


class _App(Flask):
    def send_static_file(self, filename: str) -> Response:
        """Return a static file; hidden ones, such as the mark of a finished build, are not."""
        if any(part.startswith(".") for part in PurePosixPath(filename).parts):
            abort(404)
        return send_built(filename) if is_built(filename) else super().send_static_file(filename)

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        # Flask would log the exception's message, which may hold personal data.
        error = exc_info[1]
        log.error("request.failed", extra=exception_fields(error) if error else {})


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """Return the app for these settings; given services replace those that it would build."""
    app = _App("service", template_folder=_ROOT / "templates", static_folder=_ROOT / "static")
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES
    # Cloud Run's front end ends TLS and puts the caller's address and scheme into two headers. It
    # leaves the Host header alone, so no other header may name the host.
    hops = settings.trusted_proxy_hops
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's way
    app.extensions[SETTINGS] = settings
    app.extensions[SERVICES] = services or build_services(settings)
    start_limits(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.cli.add_command(tenant)
    app.cli.add_command(customer)
    app.cli.add_command(fleet)
    app.before_request(note_trace)
    app.after_request(add_security_headers)
    app.after_request(compress)
    app.after_request(announce_changes)
    app.add_template_global(asset)
    app.add_template_global(own_script)
    app.add_template_global(frame_script)
    app.add_template_filter(status_words)
    register_errors(app)
    register_tabs(app)
    Htmx(app)
    return app


def start_limits(app: Flask) -> None:
    """Give the app fresh limits and memories, as after the start of a process."""
    app.extensions[LIMITS] = ProcessLimits()
