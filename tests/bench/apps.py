"""Apps for gunicorn, as production has them but for what would end a measurement early."""

import json
import os
from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, request

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


def noting_answers() -> Flask:
    """Return a service that writes each answer to a browser into the file `BENCH_ANSWERS`."""
    app = create_app(Settings.from_env(os.environ))
    # First in the list is last to run: it sees headers and compression as they are sent.
    app.after_request_funcs.setdefault(None, []).insert(0, _note)
    return app


def _note(answer: Response) -> Response:
    """Write the path, the status and the size of head and body."""
    if request.path.startswith(("/tasks/", "/webhooks/", "/readyz")):
        return answer
    answer.direct_passthrough = False
    size = len(str(answer.headers).encode()) + len(answer.get_data())
    noted = {"path": request.path, "status": answer.status_code, "bytes": size}
    with Path(os.environ["BENCH_ANSWERS"]).open("a") as file:
        file.write(json.dumps(noted) + "\n")
    return answer


def _boundless() -> RateLimiter:
    return RateLimiter(burst=10**9, interval=timedelta(microseconds=1))
