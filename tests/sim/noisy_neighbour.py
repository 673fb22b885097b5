"""A noisy neighbour: a healthy winery's delays beside a failing winery, and without one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import Reason
from tests.sim.meta import SimPixel
from tests.sim.objects import ObjectType, ShopObject, add_order_changes, customer_record
from tests.sim.simulation import Simulation
from tests.sim.tenant import SimTenant
from tests.sim.workload import add_tenant, install

_SECONDS = 900
_EVERY = 5
_DRAIN = timedelta(hours=12)
_WIDTH = 16
"""The number of simultaneous tasks that one instance serves (`cloudbuild.yaml`)."""

_TIMEOUT = Verdict(answer=Answer.TRANSIENT, answered=False, reason=Reason.META_TIMED_OUT)
_FAILING = Verdict(answer=Answer.TRANSIENT, reason=Reason.META_UNABLE, code=2)
_THROTTLED = Verdict(answer=Answer.THROTTLED, reason=Reason.META_SLOWS_US_DOWN, code=80004)


@dataclass(frozen=True)
class Delays:
    """The delays of the healthy winery's events, from our 200 to Meta's, in seconds."""

    p50: float
    p95: float
    longest: float
    arrived: int

    def __str__(self) -> str:
        return f"p50 {self.p50:.2f} s, p95 {self.p95:.2f} s, longest {self.longest:.2f} s"


def _no_fault(_pixel: SimPixel) -> None:
    return


def _invalidate_token(pixel: SimPixel) -> None:
    pixel.token = None


def _answering(verdict: Verdict) -> Callable[[SimPixel], None]:
    def set_up(pixel: SimPixel) -> None:
        pixel.failure = lambda: verdict

    return set_up


PIXEL_FAULTS: Mapping[str, Callable[[SimPixel], None]] = {
    "works": _no_fault,
    "has an invalid token": _invalidate_token,
    "is throttled": _answering(_THROTTLED),
    "answers with errors": _answering(_FAILING),
    "hangs": _answering(_TIMEOUT),
}
"""The faults of the neighbour's pixel, which last from the first event to the last."""


@cache
def delays_beside(fault: str, *, seed: int = 1) -> Delays:
    """Return the healthy winery's delays beside an equally busy neighbour with this fault."""
    rng = Random(seed)
    simulation = Simulation(rng, instances=2, width=_WIDTH)
    healthy, neighbour = (add_tenant(simulation, number, rng) for number in (1, 2))
    for role in neighbour.settings.roles():
        PIXEL_FAULTS[fault](simulation.meta.pixels[neighbour.settings.pixel_of(role)])
    for tenant in (healthy, neighbour):
        install(simulation, tenant)
        for number in range(_SECONDS // _EVERY):
            _add_order(simulation, tenant, number, rng)
    simulation.loop.run(simulation.loop.now + _DRAIN)
    delays = _delays(simulation, healthy)
    simulation.close()
    return delays


def _add_order(simulation: Simulation, tenant: SimTenant, number: int, rng: Random) -> None:
    at = simulation.loop.now + timedelta(seconds=_EVERY * (number + rng.random()))
    customer = customer_record(tenant.tenant_id, number)
    obj = ShopObject(tenant.tenant_id, ObjectType.ORDER, f"{tenant.tenant_id}-{number}", customer)
    add_order_changes(obj, at, rng)
    simulation.add_object(tenant, obj)
    simulation.webhook_sender.schedule(obj, is_trusted=True)


def _delays(simulation: Simulation, tenant: SimTenant) -> Delays:
    accepted = {
        f"c7-order-{each.obj.id}": each.at
        for each in reversed(simulation.webhook_sender.accepted)
        if each.obj.tenant_id == tenant.tenant_id and each.change.expected_event
    }
    arrived = {
        request.event.event_id: request.at
        for request in reversed(simulation.meta.requests)
        if request.is_accepted
    }
    seconds = sorted(
        (arrived[event_id] - at).total_seconds()
        for event_id, at in accepted.items()
        if event_id in arrived
    )
    if len(seconds) != len(accepted):
        raise RuntimeError("some events never arrived")
    return Delays(
        p50=seconds[len(seconds) // 2],
        p95=seconds[len(seconds) * 95 // 100],
        longest=seconds[-1],
        arrived=len(seconds),
    )
