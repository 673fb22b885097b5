"""How fast a backlog is sent after a winery's new token.

The backlog is BACKLOG order webhooks (5,000 unless set) that were received while Meta refused the
old token, so their deliveries wait. Then a token is saved on the Configuration tab; Meta answers
each event after 50 ms. The reference is a loop of as many threads as the queue gives to bulk tasks
(8), which posts a body of the same size to the same Meta. What is not sent half a minute after the
last one is counted as left behind.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, local
from time import monotonic
from uuid import uuid4

import requests

from service.bootstrap import build_services
from service.commerce7.webhook import parse_signal, parse_webhook
from service.domain.copies import replace
from service.domain.tenants.tenant import Role
from service.ports import Services
from service.settings import Settings
from service.usecases.delivery.send_event import send_event
from service.usecases.intake.receive_signal import receive_signal
from tests.bench.load import templates
from tests.bench.measure import Bar, Result
from tests.bench.pages import staff
from tests.bench.site import a_service, folder, served
from tests.bench.standin import Standin, standin
from tests.builders import BAD_TOKEN
from tests.e2e.harness import TENANT, Service
from tests.fakes import ListQueue, ScriptedConversions
from tests.web.forms import SECRET, form

_EVENTS = int(os.environ.get("BACKLOG", "5000"))
_THREADS, _POSTS, _BODY_BYTES = 8, 600, 1100
_META_SECONDS = 0.05
_LEFT_AFTER_SECONDS, _LOOK_AGAIN_SECONDS = 30.0, 0.05


def measure() -> list[Result]:
    """Return the rows of the backlog."""
    with folder() as data, standin(pause=_META_SECONDS) as meta:
        service = a_service(data, meta_url=meta.url)
        _let_wait(service)
        bare = _bare_rate(meta)
        meta.take_only(SECRET)
        before = meta.count()
        with served(service) as ours:
            begun = monotonic()
            _save_token(ours.url)
            _wait_until_still(meta, before + _EVENTS)
        times = sorted(at - begun for at in meta.arrivals().values() if at > begun)
    return _results(times, bare)


def _results(times: list[float], bare: float) -> list[Result]:
    many = f"{_EVENTS:,} waiting deliveries after a new token"
    if not times:
        return [Result(name=many, note="none was sent")]
    rate = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 0.0
    return [
        Result(
            name=many,
            figures=(rate / bare,),
            bar=Bar(low=0.8),
            ours=f"{rate:.0f}/s",
            reference=f"{bare:.0f}/s",
            note=f"one round; the last one after {times[-1]:.0f} s",
        ),
        Result(name=f"{many}: the first", figures=(times[0],), unit="s", bar=Bar(high=2)),
        Result(
            name=f"{many}: left behind",
            figures=(float(_EVENTS - len(times)),),
            unit="events",
            bar=Bar(high=0),
        ),
    ]


def _let_wait(service: Service) -> None:
    """Receive the webhooks, and let Meta refuse the token."""
    services = replace(
        build_services(Settings.from_env(service.environ)),
        queue=ListQueue(),
        conversions=ScriptedConversions(script=[BAD_TOKEN]),
    )
    bodies = templates()
    for number in range(_EVENTS):
        body = bodies[number % len(bodies)].replace("ORDERID", str(uuid4()))
        _receive(body.replace("1234567890", str(number + 1)), services)
    waiting = services.events.waiting(TENANT, after=None, limit=_EVENTS + 1)
    assert len(waiting) == _EVENTS, f"{len(waiting)} wait"


def _receive(body: str, services: Services) -> None:
    webhook = parse_webhook(body.encode())
    signal = parse_signal(webhook) if webhook else None
    assert signal is not None
    received = receive_signal(
        signal, tenant_id=TENANT, is_trusted=True, now=datetime.now(UTC), services=services
    )
    assert received.record is not None
    send_event(TENANT, received.record.key, role=Role.PRIMARY, services=services)


def _save_token(url: str) -> None:
    answer = requests.post(
        f"{url}/configuration", data=form(primary_token=SECRET), headers=staff(), timeout=30
    )
    assert answer.status_code == 200, answer.text[-500:]


def _wait_until_still(meta: Standin, wanted: int) -> None:
    pause, count, since = Event(), meta.count(), monotonic()
    while count < wanted and monotonic() < since + _LEFT_AFTER_SECONDS:
        pause.wait(_LOOK_AGAIN_SECONDS)
        seen = meta.count()
        if seen > count:
            count, since = seen, monotonic()


def _bare_rate(meta: Standin) -> float:
    """Return how many posts a second so many threads manage."""
    sessions = local()
    body = b'{"data":[{"event_id":"bare","filled":"' + b"x" * _BODY_BYTES + b'"}]}'

    def post(_: int) -> None:
        if not hasattr(sessions, "own"):
            sessions.own = requests.Session()
        sessions.own.post(f"{meta.url}/meta/bare/events", data=body, timeout=10).raise_for_status()

    with ThreadPoolExecutor(_THREADS) as pool:
        begun = monotonic()
        list(pool.map(post, range(_POSTS)))
        return _POSTS / (monotonic() - begun)
