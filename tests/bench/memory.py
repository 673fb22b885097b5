"""What the process holds after many events, beside what it held after the first thousand.

Orders are sent at a rate at which they are delivered, too, to a Meta that answers at once: what
waits in the local queue is no part of the measure. The memory is read when all are delivered.
MEMORY_EVENTS says how many there are in the end (12,000 unless set; 100,000 take a quarter of an
hour). A second process does the same without HTTP, in which
100,000 take some minutes: it receives orders and sends them one by one, to a SQLite file in memory
and a Meta that is a fake, as in the area `growth`.
"""

import os
import subprocess
import sys
from threading import Event

from tests.bench.growth import EVENTS_OF_A_TURN, a_store
from tests.bench.load import send_evenly
from tests.bench.measure import Bar, Result
from tests.bench.site import (
    Served,
    a_service,
    folder,
    resident_bytes,
    served,
    wait_until_delivered,
)
from tests.bench.standin import standin
from tests.bench.stopwatch import ROOT
from tests.e2e.harness import Service

_FIRST, _MANY = 1000, 100_000
_PER_SECOND = 120
_EVENTS = int(os.environ.get("MEMORY_EVENTS", "12000"))
_MIB = 2**20


def measure() -> list[Result]:
    """Return the rows of the memory."""
    return [_served(), _in_process()]


def _in_process() -> Result:
    command = [sys.executable, "-m", "tests.bench.memory"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    first, last = map(int, said.stdout.split())
    return _row((_FIRST, first), (_MANY, last), ", without HTTP")


def _endure() -> None:
    """Make the events in this process, and print its memory after the first and the last."""
    with a_store(1, events=0) as make_some:
        for made in range(EVENTS_OF_A_TURN, _MANY + 1, EVENTS_OF_A_TURN):
            make_some()
            if made in {_FIRST, _MANY}:
                print(resident_bytes(os.getpid()))


def _served() -> Result:
    with folder() as data, standin() as meta:
        service = a_service(data, meta_url=meta.url)
        with served(service) as ours:
            first = _after(_FIRST, ours, service)
            last = _after(_EVENTS - _FIRST, ours, service)
    return _row((_FIRST, first), (_EVENTS, last), ", over HTTP")


def _row(first: tuple[int, int], last: tuple[int, int], how: str) -> Result:
    """Return the row of these numbers of events, each with the memory after it."""
    (few, before), (many, after) = first, last
    each = (after - before) / (many - few)
    return Result(
        name=f"memory after {many:,} events{how}",
        figures=(after / before,),
        bar=Bar(high=1.05),
        ours=f"{after / _MIB:.1f} MiB",
        reference=f"{before / _MIB:.1f} MiB (after {few:,})",
        note=f"one round; {each:.0f} bytes an event",
    )


def _after(more: int, ours: Served, service: Service) -> int:
    """Send so many more orders, and return the memory when all are delivered."""
    send_evenly(ours.url, per_second=_PER_SECOND, seconds=more / _PER_SECOND)
    wait_until_delivered(service)
    Event().wait(1)
    return ours.resident_bytes


if __name__ == "__main__":
    _endure()
