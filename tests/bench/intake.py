"""How many order webhooks a second are recorded, under gunicorn as in production, on SQLite.

wrk sends five different orders in turn over 16 connections, each with an id of its own. Held: the
queue delivers an hour later, so that only the intake is measured. Sending: everything is sent at
once, and Meta answers after 5 ms; before the reference's turn all of it is sent, and that belongs
to the processor time. The reference is a bare Flask route that inserts the same bytes, with the
same pragmas and the same settings of gunicorn. Our process is stopped meanwhile. The first seconds
of each are not counted.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from tests.bench.load import write_templates, wrk
from tests.bench.measure import Bar, Result, Turns, in_turns
from tests.bench.pace import PATH
from tests.bench.site import (
    LATE_QUEUE,
    Served,
    a_service,
    folder,
    reference,
    served,
    wait_until_delivered,
)
from tests.bench.standin import standin
from tests.e2e.launch import WSGI

_ROUNDS, _SECONDS, _WARM_UP = 5, 4, 2
_META_SECONDS = 0.005


def measure() -> list[Result]:
    """Return the rows of the intake."""
    return [
        _measured("webhook intake on SQLite, deliveries held", LATE_QUEUE, Bar(low=0.6)),
        _measured("webhook intake on SQLite, sending, Meta at 5 ms", WSGI, Bar(low=0.4)),
    ]


def _measured(name: str, app: str, bar: Bar) -> Result:
    with folder() as data, standin(pause=_META_SECONDS) as meta:
        files = write_templates(data)
        service = a_service(data, meta_url=meta.url)
        with served(service, app) as ours, reference(data) as bare:
            is_held = app == LATE_QUEUE
            settle = _nothing_to_wait_for if is_held else partial(wait_until_delivered, service)
            turns, cpu = in_turns_with((ours, PATH), (bare, "/sqlite"), files, settle=settle)
    return result(name, turns, bar, cpu)


def _nothing_to_wait_for() -> None:
    pass


def in_turns_with(
    ours: tuple[Served, str],
    bare: tuple[Served, str],
    files: list[Path],
    *,
    settle: Callable[[], object] = _nothing_to_wait_for,
) -> tuple[Turns, list[float]]:
    """Return the answers a second of both servers at these paths, and our processor time each.

    `settle` waits until our server has done what follows from its answers. Stopped before, it would
    find that Meta took seconds, and spare a Meta that is slow.
    """
    service, path = ours
    other = f"{bare[0].url}{bare[1]}"
    cpu: list[float] = []

    def rate() -> float:
        before = service.cpu_seconds
        load = wrk(f"{service.url}{path}", files, seconds=_SECONDS)
        settle()
        cpu.append((service.cpu_seconds - before) / load.requests)
        return load.rate

    def rate_of_reference() -> float:
        with service.stopped():
            return wrk(other, files, seconds=_SECONDS).rate

    for url in (f"{service.url}{path}", other):
        wrk(url, files, seconds=_WARM_UP)
    settle()
    return in_turns(rate, rate_of_reference, rounds=_ROUNDS), cpu


def result(name: str, turns: Turns, bar: Bar, cpu: list[float]) -> Result:
    """Return the row; `cpu` is our processor time a webhook, of each round."""
    return Result(
        name=name,
        figures=turns.ratios,
        bar=bar,
        ours=f"{median(turns.ours):,.0f}/s",
        reference=f"{median(turns.reference):,.0f}/s",
        note=f"{median(cpu) * 1000:.1f} ms of processor time a webhook",
    )
