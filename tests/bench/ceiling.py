"""How many webhooks a second one instance takes before its answers come late.

Each is of a new order of the web shop, the telephone or a club, of 1,000 wineries in turn. The rate
rises in steps, until of a step's answers the 99th percentile is above 100 ms, or one is no 200.
Such a step is tried five times, since another process of the machine may have disturbed it.
gunicorn as in production, with Firestore's emulator; the orders are sent meanwhile, as many at once
as production's queues allow, to a Meta that answers after 200 ms. So from some thirty a second on
the sends are as many as they can be. The emulators and the sender use the same two cores.
"""

from dataclasses import dataclass
from itertools import chain
from time import monotonic

from service.infra.vault import KeyedVault
from tests.bench.engines import google_engines
from tests.bench.filled import a_winery, emulated, write_all
from tests.bench.load import evenly
from tests.bench.measure import Result, percentile
from tests.bench.pace import send
from tests.bench.site import a_service, folder, served
from tests.bench.standin import standin
from tests.e2e.harness import Service

NAME = "one instance's ceiling: webhooks taken, sending, on Firestore's emulator"
_WINERIES = tuple(f"winery-{number:04}" for number in range(1000))
_RATES = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120, 140, 160, 180, 200, 250, 300)
_SECONDS, _FEWEST, _TRIES = 8.0, 200, 5
_WARM_UP_RATE, _WARM_UP_SECONDS = 30, 10.0
_META_SECONDS, _MOST_MS = 0.2, 100.0


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a rate: the answers' 99th percentile, and how many were no 200."""

    rate: int
    p99_ms: float
    failed: int

    @property
    def is_held(self) -> bool:
        """Whether all answers were good and soon."""
        return self.p99_ms <= _MOST_MS and not self.failed

    def __str__(self) -> str:
        failed = f", {self.failed} not 200" if self.failed else ""
        return f"p99 {self.p99_ms:.0f} ms{failed} at {self.rate}/s"


def measure() -> list[Result]:
    """Return the row of the ceiling."""
    with (
        folder() as data,
        standin(pause=_META_SECONDS) as meta,
        google_engines() as engines,
        emulated(engines.environ) as client,
    ):
        service = a_service(data, meta_url=meta.url, engines=engines.environ)
        vault = KeyedVault([service.environ["TOKEN_KEYS"]])
        write_all(client, chain(*(a_winery(each, vault=vault) for each in _WINERIES)))
        return [result(_steps(service))]


def _steps(service: Service) -> list[Step]:
    """Return the steps up to the first that does not hold."""
    steps = list[Step]()
    with served(service) as ours:
        _step(ours.url, _WARM_UP_RATE, seconds=_WARM_UP_SECONDS)
        for rate in _RATES:
            steps.append(_best(ours.url, rate))
            if not steps[-1].is_held:
                break
    return steps


def result(steps: list[Step]) -> Result:
    """Return the row of these steps, of which only the last may have failed."""
    held = [each.rate for each in steps if each.is_held]
    assert held, f"not even the lowest rate was held: {steps[0]}"
    return Result(
        name=NAME,
        figures=(float(held[-1]),),
        unit="/s",
        note="; ".join(map(str, steps[-2:])) + f"; the bound is {_MOST_MS:.0f} ms",
    )


def _best(url: str, rate: int) -> Step:
    """Return the first try that held, else the last one."""
    seconds = max(_SECONDS, _FEWEST / rate)
    step = _step(url, rate, seconds=seconds)
    for _ in range(_TRIES - 1):
        if step.is_held:
            break
        step = _step(url, rate, seconds=seconds)
    return step


def _step(url: str, rate: int, *, seconds: float) -> Step:
    answered = send(
        url, evenly(per_second=rate, seconds=seconds, wineries=_WINERIES), begun=monotonic() + 0.1
    )
    return Step(
        rate=rate,
        p99_ms=percentile([each.seconds for each in answered], 0.99) * 1000,
        failed=sum(not each.is_accepted for each in answered),
    )
