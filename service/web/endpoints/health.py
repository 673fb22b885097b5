"""Health checks: is the process alive, and does every port answer?"""

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify
from msgspec.structs import asdict

from service.ports import QueueUnavailableError, StoreUnavailableError
from service.web.request.current import limits, now, services
from service.web.request.limits import Ping

_OK = "ok"

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> tuple[Response, int]:
    """Answer without calling any port: a restart would not mend a store that is down."""
    return jsonify(alive=True), 200


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """Say of each port whether it answers, and how long that took.

    All callers of a second share one ping of each port.
    """
    pings = limits().readiness.read(_pinged, clock=services().clock)
    is_ready = all(ping.answer == _OK for ping in pings.values())
    return jsonify({name: asdict(ping) for name, ping in pings.items()}), 200 if is_ready else 503


def _pinged() -> Mapping[str, Ping]:
    ports = {"store": services().events.ping, "queue": services().queue.ping}
    return {name: _ping(port) for name, port in ports.items()}


def _ping(port: Callable[[], None]) -> Ping:
    began, answer = now(), _OK
    try:
        port()
    except (StoreUnavailableError, QueueUnavailableError) as error:
        answer = str(error)
    return Ping(answer, seconds=round((now() - began).total_seconds(), 3))
