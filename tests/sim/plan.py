"""The plan of one run, drawn from the seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from service.domain.shop.staff import OPERATOR
from service.domain.tenants.tenant import Role, TenantSettings
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.sim.client import Client
from tests.sim.fates import DAY, DOMAIN, FATES, TOLD, Stage
from tests.sim.faults import drawn
from tests.sim.objects import Sort, Thing, a_thing, event_id
from tests.sim.shop import Winery
from tests.sim.world import World

_SPANS = (600.0, 7200.0, DAY, 3 * DAY)
_CROWD = 260
"""More objects than the service releases in one call."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The size of a run: wineries, objects (`things`) of each, and `span` in seconds."""

    wineries: int
    things: int
    span: float
    forged: int = 0
    fates: Sequence[str] = tuple(FATES)


BACKLOG_EVERY, BACKLOG = 100, 5000
"""One seed in a hundred has a winery with 5,000 objects whose events must wait."""

BACKLOGS = ("dead token", "recovering token", "unknown shop", "false alarm", "broken pixel")
"""The fates in which events wait, and are sent later."""


def a_backlog(things: int) -> Plan:
    """Return a plan with one winery, whose objects come within two hours and must wait."""
    return Plan(wineries=1, things=things, span=7200.0, fates=BACKLOGS)


def a_plan(seed: int, rng: Random) -> Plan:
    """Return a small plan; sometimes one with a crowd, rarely one with a backlog."""
    if seed % BACKLOG_EVERY == 0:
        return a_backlog(BACKLOG)
    is_crowded = rng.random() < 0.03
    return Plan(
        wineries=1 if is_crowded else rng.randint(2, 4),
        things=_CROWD if is_crowded else rng.randint(3, 15),
        span=rng.choice(_SPANS),
        forged=rng.randint(0, 3),
    )


def set_up(world: World, plan: Plan, rng: Random) -> list[Client]:
    """Add wineries, their fates and objects, and faults to the world; return the wineries."""
    start = world.loop.now
    calm_from = start + timedelta(seconds=plan.span * rng.uniform(0.5, 1.5) + 3600 * rng.random())
    troubles = drawn(rng, world.loop.clock, until=calm_from)
    world.faults.until = troubles.until
    world.faults.rates, world.faults.outages = troubles.rates, troubles.outages
    stage = Stage(
        world.loop, rng, world.meta, world.wineries, lambda: world.fleet, world.office, plan.span
    )
    clients = [a_client(world, number, rng) for number in range(1, plan.wineries + 1)]
    for client in clients:
        names = [*plan.fates]
        client.fate = rng.choices(names, [FATES[name][0] for name in names])[0]
        FATES[client.fate][1](client, stage)
        install(world, client)
        for number in range(plan.things):
            _have_happen(world, client, number, plan, rng)
    for number in range(plan.forged):
        _forge(world, clients[0], number, plan, rng)
    return clients


def a_client(world: World, number: int, rng: Random) -> Client:
    """Return a winery with one pixel or two, and its shop."""
    settings = replace(TenantSettings(), currency="USD", shop_domains=(DOMAIN,))
    client = Client(number, settings, keys=world.keys)
    if rng.random() < 0.2:
        client.settings = replace(client.settings, retention_days=7)
    roles = [*Role] if rng.random() < 0.4 else [Role.PRIMARY]
    world.office.open(client, *roles)
    world.wineries[client.tenant_id] = Winery(facts=TOLD)
    return client


def install(world: World, client: Client) -> None:
    """Configure the winery and its tokens in the service."""
    services = world.fleet.one().services
    if services is None:
        raise RuntimeError("nobody serves")
    configure_tenant(
        client.tenant_id, client.settings, tokens=client.tokens, by=OPERATOR, services=services
    )


def _have_happen(world: World, client: Client, number: int, plan: Plan, rng: Random) -> None:
    # Half of them at a few equal moments, so that handlers run concurrently.
    seconds = plan.span * rng.choice((rng.random(), rng.randint(1, 3) / 4 + rng.random() / 1e4))
    at = world.loop.now + timedelta(seconds=seconds)
    thing = a_thing(client.tenant_id, number, at, rng)
    world.expect(client, thing)
    for name in sorted({chapter.makes for chapter in thing.story if chapter.makes}):
        if rng.random() < 0.04:
            world.meta.never.add(event_id(name, thing.id))
        elif rng.random() < 0.08:
            _make_picky(world, event_id(name, thing.id), rng.randint(1, 2))
    world.sender.tell(thing, is_trusted=rng.random() < 0.7)


def _make_picky(world: World, event: str, keys: int) -> None:
    world.meta.picky[event] = keys
    if keys > 1:
        world.meta.stubborn.add(event)


def _forge(world: World, client: Client, number: int, plan: Plan, rng: Random) -> None:
    """Send unproven webhooks about an object that the winery does not have."""
    at = world.loop.now + timedelta(seconds=plan.span * rng.random())
    thing: Thing = a_thing(client.tenant_id, 1_000_000 + number, at, rng)
    if thing.sort is not Sort.CUSTOMER:
        world.sender.tell(thing, is_trusted=False)
