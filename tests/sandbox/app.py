"""The sandbox: one Flask app that is both Commerce7 and Meta to the service."""

from functools import cache

from flask import Flask, render_template

from tests.sandbox import (
    commerce7_api,
    commerce7_control,
    commerce7_pages,
    meta_api,
    meta_browsers,
    meta_pages,
    meta_reads,
    storefront_api,
)
from tests.sandbox.config import SandboxConfig
from tests.sandbox.delivery import Deliver, deliver
from tests.sandbox.state import attach, sandbox

__all__ = ["SandboxConfig", "create_sandbox", "fresh_sandbox"]


def create_sandbox(config: SandboxConfig, *, deliver: Deliver = deliver) -> Flask:
    """Return a new, empty sandbox; `deliver` posts its webhooks to the service."""
    app = Flask(__name__)
    attach(app, config, deliver)
    app.context_processor(
        lambda: {
            "dashboard_path": sandbox().config.dashboard_path,
            "shop_url": sandbox().config.shop_url,
        }
    )
    app.add_url_rule("/", view_func=index)
    app.register_blueprint(commerce7_pages.blueprint)
    app.register_blueprint(commerce7_api.blueprint)
    app.register_blueprint(storefront_api.blueprint)
    app.register_blueprint(commerce7_control.blueprint)
    app.register_blueprint(meta_pages.blueprint)
    app.register_blueprint(meta_reads.blueprint)
    app.register_blueprint(meta_browsers.blueprint)
    app.register_blueprint(meta_api.blueprint)
    return app


@cache
def _an_app() -> Flask:
    return create_sandbox(
        SandboxConfig(service_url="", webhook_user="", webhook_password="", pixels={})
    )


def fresh_sandbox(config: SandboxConfig, *, deliver: Deliver = deliver) -> Flask:
    """Return the app that all tests share, emptied; making an app takes longer than a test."""
    app = _an_app()
    attach(app, config, deliver)
    return app


def index() -> str:
    """Show links to all pages."""
    return render_template("index.html", config=sandbox().config)
