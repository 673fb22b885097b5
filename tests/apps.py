"""Shared apps for tests: making one, with its templates, takes longer than most tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """Return the settings of an app that gets its services from the test."""
    keys = {"TOKEN_KEYS": _TOKEN_KEY, "SESSION_KEYS": SESSION_KEY}
    return Settings.from_env(keys | environ)


def started_app(
    services: Services, settings: Settings | None = None, *, name: str = "only"
) -> Flask:
    """Return the app of this name, reset to its start: these services, unused rate limiters.

    The app of a name is made once, so a second call changes the app of the first. A test with other
    TRUSTED_PROXY_HOPS, the one setting that `create_app` itself reads, must make its own app.
    """
    if name not in _apps:
        _apps[name] = create_app(app_settings(), services)
    app = _apps[name]
    app.extensions[SERVICES] = services
    app.extensions[SETTINGS] = settings or app_settings()
    start_limits(app)
    return app


@contextmanager
def static_files_in(app: Flask, folder: Path) -> Iterator[None]:
    """Let the app, which tests share, serve this folder's static files for a while.

    What pages load is there as ever.
    """
    before, app.static_folder = app.static_folder, str(folder)
    (folder / "built").symlink_to(Path(before or "") / "built")
    try:
        yield
    finally:
        app.static_folder = before
