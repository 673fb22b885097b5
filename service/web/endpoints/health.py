"""Health checks: is the process alive, and does every port answer?"""

from collections.abc import Mapping

from flask import Blueprint, Response, jsonify

from service.ports import QueueUnavailableError, StoreUnavailableError
from service.web.request.current import limits, services

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> tuple[Response, int]:
    """Answer without calling any port: a restart would not mend a store that is down."""
    return jsonify(alive=True), 200


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """Name the ports that do not answer; all callers of a second share one ping of each port."""
    answers = limits().readiness.read(_pinged, clock=services().clock)
    return jsonify(answers), 200 if set(answers.values()) == {"ok"} else 503


def _pinged() -> Mapping[str, str]:
    pings = {"store": services().events.ping, "queue": services().queue.ping}
    answers = dict.fromkeys(pings, "ok")
    for name, ping in pings.items():
        try:
            ping()
        except (StoreUnavailableError, QueueUnavailableError) as error:
            answers[name] = str(error)
    return answers
