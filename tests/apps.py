"""Apps for tests: making one, and compiling its templates, takes longer than most tests do."""

from cryptography.fernet import Fernet
from flask import Flask

from service.app import create_app, start_limits
from service.ports import Services
from service.settings import Settings
from service.web.request.current import SERVICES, SETTINGS

SESSION_KEY = "invented"
_TOKEN_KEY = Fernet.generate_key().decode()

_apps: dict[str, Flask] = {}


def app_settings(**environ: str) -> Settings:
    """Return the settings of an app around given services."""
    keys = {"TOKEN_KEYS": _TOKEN_KEY, "SESSION_KEYS": SESSION_KEY}
    return Settings.from_env(keys | environ)


def started_app(
    services: Services, settings: Settings | None = None, *, name: str = "only"
) -> Flask:
    """Return the app of this name as a new process has it: given services, no limit in use.

    An app of a name is made once: its earlier users see their app change. Settings that
    `create_app` itself reads, TRUSTED_PROXY_HOPS alone, need an app made for them.
    """
    if name not in _apps:
        _apps[name] = create_app(app_settings(), services)
    app = _apps[name]
    app.extensions[SERVICES] = services
    app.extensions[SETTINGS] = settings or app_settings()
    start_limits(app)
    return app
