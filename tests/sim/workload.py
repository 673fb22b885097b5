"""The workload of one run, drawn from the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from service.domain.copies import replace
from service.domain.shop.staff import OPERATOR
from service.domain.tenants.tenant import Role, TenantSettings
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.sim.commerce7 import Commerce7Account
from tests.sim.faults import random_faults
from tests.sim.objects import ObjectType, ShopObject, event_id, random_object
from tests.sim.scenarios import DAY, DOMAIN, SCENARIOS, SHOP, ScenarioContext
from tests.sim.simulation import Simulation
from tests.sim.tenant import SimTenant

_SPANS = (600.0, 7200.0, DAY, 3 * DAY)
_MANY_OBJECTS = 260
"""More objects than the service releases in one call."""


@dataclass(frozen=True, kw_only=True)
class Workload:
    """The size of a run: tenants, objects of each, and the `span` of these in seconds."""

    tenants: int
    objects: int
    span: float
    forged_objects: int = 0
    scenarios: Sequence[str] = tuple(SCENARIOS)


BACKLOG_EVERY, BACKLOG_OBJECTS = 100, 5000
"""One seed in a hundred has a winery with 5,000 objects whose events must wait."""

BACKLOG_SCENARIOS = (
    "expired token",
    "temporarily refused token",
    "unknown shop",
    "false uninstall",
    "failing pixel",
)
"""The scenarios in which events wait, and are sent later."""


def backlog_workload(objects: int) -> Workload:
    """Return a workload of one winery, whose objects come within two hours and must wait."""
    return Workload(tenants=1, objects=objects, span=7200.0, scenarios=BACKLOG_SCENARIOS)


def random_workload(seed: int, rng: Random) -> Workload:
    """Return a small workload; sometimes one with many objects, rarely one with a backlog."""
    if seed % BACKLOG_EVERY == 0:
        return backlog_workload(BACKLOG_OBJECTS)
    has_many_objects = rng.random() < 0.03
    return Workload(
        tenants=1 if has_many_objects else rng.randint(2, 4),
        objects=_MANY_OBJECTS if has_many_objects else rng.randint(3, 15),
        span=rng.choice(_SPANS),
        forged_objects=rng.randint(0, 3),
    )


def set_up(simulation: Simulation, workload: Workload, rng: Random) -> list[SimTenant]:
    """Add wineries, their scenarios and objects, and faults; return the wineries."""
    start = simulation.loop.now
    faults_end_at = start + timedelta(
        seconds=workload.span * rng.uniform(0.5, 1.5) + 3600 * rng.random()
    )
    faults = random_faults(rng, simulation.loop.clock, until=faults_end_at)
    simulation.faults.until = faults.until
    simulation.faults.rates, simulation.faults.outages = faults.rates, faults.outages
    context = ScenarioContext(
        simulation.loop,
        rng,
        simulation.meta,
        simulation.accounts,
        lambda: simulation.fleet,
        simulation.staff,
        workload.span,
    )
    tenants = [add_tenant(simulation, number, rng) for number in range(1, workload.tenants + 1)]
    for tenant in tenants:
        names = [*workload.scenarios]
        tenant.scenario = rng.choices(names, [SCENARIOS[name][0] for name in names])[0]
        SCENARIOS[tenant.scenario][1](tenant, context)
        install(simulation, tenant)
        for number in range(workload.objects):
            _add_random_object(simulation, tenant, number, workload, rng)
    for number in range(workload.forged_objects):
        _send_forged_webhooks(simulation, tenants[0], number, workload, rng)
    return tenants


def add_tenant(simulation: Simulation, number: int, rng: Random) -> SimTenant:
    """Add a winery with one pixel or two, and its shop; return the winery."""
    tenant = SimTenant(
        number,
        replace(TenantSettings(), currency="USD", shop_domains=(DOMAIN,)),
        credentials=simulation.credentials,
    )
    if rng.random() < 0.2:
        tenant.settings = replace(tenant.settings, retention_days=7)
    roles = [*Role] if rng.random() < 0.4 else [Role.PRIMARY]
    simulation.staff.create_pixels(tenant, *roles)
    simulation.accounts[tenant.tenant_id] = Commerce7Account(shop=SHOP)
    return tenant


def install(simulation: Simulation, tenant: SimTenant) -> None:
    """Configure the winery and its tokens in the service."""
    services = simulation.fleet.pick().services
    if services is None:
        raise RuntimeError("the instance has no services")
    configure_tenant(
        tenant.tenant_id, tenant.settings, tokens=tenant.tokens, by=OPERATOR, services=services
    )


def _add_random_object(
    simulation: Simulation, tenant: SimTenant, number: int, workload: Workload, rng: Random
) -> None:
    # Half of them at a few equal moments, so that handlers run concurrently.
    seconds = workload.span * rng.choice((rng.random(), rng.randint(1, 3) / 4 + rng.random() / 1e4))
    at = simulation.loop.now + timedelta(seconds=seconds)
    obj = random_object(tenant.tenant_id, number, at, rng)
    simulation.add_object(tenant, obj)
    for name in sorted({change.expected_event for change in obj.changes if change.expected_event}):
        if rng.random() < 0.04:
            simulation.meta.refused.add(event_id(name, obj.id))
        elif rng.random() < 0.08:
            _reject_keys(simulation, event_id(name, obj.id), rng.randint(1, 2))
    simulation.webhook_sender.schedule(obj, is_trusted=rng.random() < 0.7)


def _reject_keys(simulation: Simulation, event: str, keys: int) -> None:
    simulation.meta.rejections_left[event] = keys
    if keys > 1:
        simulation.meta.repeatedly_rejected.add(event)


def _send_forged_webhooks(
    simulation: Simulation, tenant: SimTenant, number: int, workload: Workload, rng: Random
) -> None:
    """Send unproven webhooks about an object that the winery does not have."""
    at = simulation.loop.now + timedelta(seconds=workload.span * rng.random())
    obj: ShopObject = random_object(tenant.tenant_id, 1_000_000 + number, at, rng)
    if obj.type is not ObjectType.CUSTOMER:
        simulation.webhook_sender.schedule(obj, is_trusted=False)
