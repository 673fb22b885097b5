"""How long webhooks wait for their answer at 50 a second, and how soon their events are at Meta.

Fifty orders a second are sent, however long answers take. Meta answers at once; then, on the same
service, after 600 ms; on another, which has served for a while, it answers no more. Each answer's
time counts from when its webhook was due. Each waits for the disk, so the notes say how long a bare
write of 4 KiB took to be on it, at the same rate, right after each round.
"""

import os
from threading import Event
from time import monotonic

from tests.bench.load import send_evenly
from tests.bench.measure import Bar, Result, percentile
from tests.bench.pace import Answered
from tests.bench.site import a_service, folder, served
from tests.bench.standin import Standin, standin

_ROUNDS, _PER_SECOND, _SECONDS, _WARM_UP = 3, 50, 12, 3
_SLOW_SECONDS = 0.6
_PATIENCE_SECONDS = 20.0


def measure() -> list[Result]:
    """Return the rows at 50 webhooks a second."""
    rounds = [(*_well(), _hanging(), _disk_p99()) for _ in range(_ROUNDS)]
    waits, slow, hanging, disk = zip(*rounds, strict=True)
    note = f"a bare write to the disk: p99 {min(disk):.0f}–{max(disk):.0f} ms"
    ratios = tuple(bad / good for bad, good in zip(hanging, slow, strict=True))
    return [
        Result(
            name="webhook accepted → Meta, 50/s, p50",
            figures=tuple(percentile(each, 0.5) for each in waits),
            unit="ms",
            bar=Bar(high=5),
        ),
        Result(
            name="webhook accepted → Meta, 50/s, p99",
            figures=tuple(percentile(each, 0.99) for each in waits),
            unit="ms",
            bar=Bar(high=50),
            note=note,
        ),
        Result(
            name="intake p99 at 50/s, Meta at 600 ms",
            figures=slow,
            unit="ms",
            bar=Bar(high=30),
            note=note,
        ),
        Result(
            name="intake p99 at 50/s, while Meta hangs",
            figures=ratios,
            bar=Bar(high=1.2),
            ours=f"{percentile(hanging, 0.5):.0f} ms",
            reference=f"{percentile(slow, 0.5):.0f} ms (Meta at 600 ms)",
        ),
    ]


def _well() -> tuple[list[float], float]:
    """Return the milliseconds from accepted to Meta, and the p99 while Meta takes 600 ms."""
    with folder() as data, standin() as meta, served(a_service(data, meta_url=meta.url)) as ours:
        send_evenly(ours.url, per_second=_PER_SECOND, seconds=_WARM_UP)
        answered = send_evenly(ours.url, per_second=_PER_SECOND, seconds=_SECONDS)
        waits = _waits(answered, meta)
        meta.answer_after(_SLOW_SECONDS)
        return waits, _p99(ours.url)


def _hanging() -> float:
    with folder() as data, standin() as meta, served(a_service(data, meta_url=meta.url)) as ours:
        send_evenly(ours.url, per_second=_PER_SECOND, seconds=_WARM_UP)
        meta.hang()
        return _p99(ours.url)


def _disk_p99() -> float:
    """Return the 99th percentile of the milliseconds that a write takes to be on the disk."""
    times, pause = [], Event()
    with folder() as data, (data / "bare").open("wb", buffering=0) as file:
        for _ in range(_PER_SECOND * _WARM_UP):
            begun = monotonic()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            times.append((monotonic() - begun) * 1000)
            pause.wait(1 / _PER_SECOND)
    return percentile(times, 0.99)


def _p99(url: str) -> float:
    answered = send_evenly(url, per_second=_PER_SECOND, seconds=_SECONDS)
    return percentile([each.seconds for each in answered], 0.99) * 1000


def _waits(answered: list[Answered], meta: Standin) -> list[float]:
    deadline, pause = monotonic() + _PATIENCE_SECONDS, Event()
    arrivals = meta.arrivals()
    while not {each.event_id for each in answered} <= arrivals.keys():
        assert monotonic() < deadline, f"Meta has {len(arrivals)} of {len(answered)} events"
        pause.wait(0.2)
        arrivals = meta.arrivals()
    # Meta may have an event before the sender has read our answer.
    return [max(0.0, arrivals[each.event_id] - each.at) * 1000 for each in answered]
