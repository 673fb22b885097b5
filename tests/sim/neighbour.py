"""A comparison: a healthy winery's delays with a failing neighbour, and without one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import Reason
from tests.sim.client import Client
from tests.sim.meta import Pixel
from tests.sim.objects import Sort, Thing, a_customer, an_order
from tests.sim.plan import a_client, install
from tests.sim.world import World

_SECONDS = 900
_EVERY = 5
_CALM = timedelta(hours=12)
_WIDTH = 16
"""The number of simultaneous tasks that one instance serves (`cloudbuild.yaml`)."""

_HANGS = Verdict(answer=Answer.TRANSIENT, answered=False, reason=Reason.META_TIMED_OUT)
_BROKEN = Verdict(answer=Answer.TRANSIENT, reason=Reason.META_UNABLE, code=2)
_RESTS = Verdict(answer=Answer.THROTTLED, reason=Reason.META_SLOWS_US_DOWN, code=80004)


@dataclass(frozen=True)
class Waits:
    """The delays of the healthy winery's events, from our 200 to Meta's, in seconds."""

    p50: float
    p95: float
    longest: float
    arrived: int

    def __str__(self) -> str:
        return f"p50 {self.p50:.2f} s, p95 {self.p95:.2f} s, longest {self.longest:.2f} s"


def _well(_pixel: Pixel) -> None:
    return


def _dead(pixel: Pixel) -> None:
    pixel.token = None


def _answering(verdict: Verdict) -> Callable[[Pixel], None]:
    def set_up(pixel: Pixel) -> None:
        pixel.broken = lambda: verdict

    return set_up


TROUBLES: Mapping[str, Callable[[Pixel], None]] = {
    "is well": _well,
    "has a dead token": _dead,
    "is throttled": _answering(_RESTS),
    "answers with errors": _answering(_BROKEN),
    "hangs": _answering(_HANGS),
}
"""The faults of the neighbour's pixel, which last from the first event to the last."""


@cache
def waits_beside(trouble: str, *, seed: int = 1) -> Waits:
    """Return the healthy winery's delays beside an equally busy neighbour with this fault."""
    rng = Random(seed)
    world = World(rng, instances=2, width=_WIDTH)
    healthy, neighbour = (a_client(world, number, rng) for number in (1, 2))
    for role in neighbour.settings.roles():
        TROUBLES[trouble](world.meta.pixels[neighbour.settings.pixel_of(role)])
    for client in (healthy, neighbour):
        install(world, client)
        for number in range(_SECONDS // _EVERY):
            _have_order(world, client, number, rng)
    world.loop.run(world.loop.now + _CALM)
    waits = _waits(world, healthy)
    world.close()
    return waits


def _have_order(world: World, client: Client, number: int, rng: Random) -> None:
    at = world.loop.now + timedelta(seconds=_EVERY * (number + rng.random()))
    customer = a_customer(client.tenant_id, number)
    thing = Thing(client.tenant_id, Sort.ORDER, f"{client.tenant_id}-{number}", customer)
    an_order(thing, at, rng)
    world.expect(client, thing)
    world.sender.tell(thing, is_trusted=True)


def _waits(world: World, client: Client) -> Waits:
    accepted = {
        f"c7-order-{each.thing.id}": each.at
        for each in reversed(world.sender.accepted)
        if each.thing.tenant_id == client.tenant_id and each.chapter.makes
    }
    arrived = {post.event.event_id: post.at for post in reversed(world.meta.posts) if post.taken}
    seconds = sorted(
        (arrived[event_id] - at).total_seconds()
        for event_id, at in accepted.items()
        if event_id in arrived
    )
    if len(seconds) != len(accepted):
        raise RuntimeError("some never arrived")
    return Waits(
        p50=seconds[len(seconds) // 2],
        p95=seconds[len(seconds) * 95 // 100],
        longest=seconds[-1],
        arrived=len(seconds),
    )
