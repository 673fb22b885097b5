"""Shared helpers of resend tests: failed events, and a shop that has their orders."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from service.domain.copies import replace
from service.domain.delivery.delivery import Wait
from service.domain.delivery.schedule import MAX_ATTEMPTS
from service.domain.delivery.steps import parked
from service.domain.delivery.verdict import Verdict
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.records.job import Job, JobKind
from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.domain.shop.order import Order
from service.domain.tenants.tenant import Role, Tenant, TenantSettings
from service.ports import StoreUnavailableError
from service.usecases.eventlog.resend_failed import ResendPlan, plan_resend
from service.usecases.eventlog.start_job import start_resend
from service.usecases.eventlog.work_on_job import work_on_job
from tests.builders import (
    OLIVE,
    POLICY,
    REFUSED,
    TENANT,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.unit.usecases.interruptions import preceded

EVERYTHING = LogView()
BOTH = some_settings(pixels=two_pixels())


def tenant_of(world: World) -> Tenant:
    """Return the winery's present state."""
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant


def an_order_known(world: World, number: int = 1, **changes: object) -> Order:
    """Return an order, and add it to the shop."""
    order = an_order(id=f"order-{number}", number=str(1000 + number), **changes)
    world.shops.orders[order.id] = order
    return order


def fail(
    world: World, *numbers: int, by: Verdict = REFUSED, settings: TenantSettings | None = None
) -> list[EventRecord]:
    """Receive these orders, and let every attempt to send them fail."""
    if tenant_is_new(world):
        world.install(settings)
    records = []
    for number in numbers or (1,):
        received = world.receive(a_signal(an_order_known(world, number)))
        assert received.record is not None
        records.append(received.record)
    attempts = 1 if by is REFUSED else MAX_ATTEMPTS
    roles = tenant_of(world).settings.roles()
    world.meta.script = [by] * attempts * len(roles) * len(records)
    for each in records:
        for _ in range(attempts):
            for role in roles:
                world.send(each, role)
            world.clock.advance(POLICY.pause_after(attempts))
    world.queue.tasks.clear()
    world.meta.script.clear()
    return records


def give_up(world: World, numbers: Iterable[int]) -> None:
    """Receive these orders, and park them for their slow retry at every pixel."""
    if tenant_is_new(world):
        world.install()
    for number in numbers:
        received = world.receive(a_signal(an_order_known(world, number)))
        assert received.record is not None
        stored = world.services.events.find(TENANT, received.record.key)
        assert stored is not None
        now = world.clock()
        failed = {
            role: parked(
                replace(each, attempts=MAX_ATTEMPTS, answered=MAX_ATTEMPTS, spent=MAX_ATTEMPTS),
                waits_for=Wait.VENDOR,
                reason=Reason.META_UNABLE,
                now=now,
                until=now + POLICY.slow_retry_every,
            )
            for role, each in stored.record.deliveries.items()
        }
        assert world.services.events.replace(stored, replace(stored.record, deliveries=failed))
    world.queue.tasks.clear()


def tenant_is_new(world: World) -> bool:
    """Tell whether the winery is still to be set up."""
    return world.services.tenants.find(TENANT) is None


def fail_at_one(world: World, *numbers: int, role: Role = Role.SECONDARY) -> list[EventRecord]:
    """Receive orders that one of two pixels refuses."""
    world.install(BOTH)
    records = []
    for number in numbers or (1,):
        received = world.receive(a_signal(an_order_known(world, number)))
        assert received.record is not None
        records.append(received.record)
        for each in Role:
            world.meta.script = [REFUSED] if each is role else []
            world.send(received.record, each)
    world.queue.tasks.clear()
    return records


def plan(world: World, view: LogView = EVERYTHING) -> ResendPlan:
    """Return the dry run of a resend."""
    return plan_resend(tenant_of(world), view, services=world.services)


def send_again(world: World, view: LogView = EVERYTHING) -> Job | None:
    """Start a resend job, a second later."""
    world.clock.advance(timedelta(seconds=1))
    return start_resend(tenant_of(world), view, by=OLIVE, services=world.services)


def work(world: World, kind: JobKind = JobKind.RESEND) -> Job | None:
    """Do the job's next step."""
    return work_on_job(TENANT, kind, services=world.services)


def run_all(world: World) -> None:
    """Do all tasks, with the sweep's help, until nothing is left to do."""
    for _ in range(9):
        world.run_tasks()
        world.clock.advance(timedelta(minutes=3))
        world.sweep()
    world.run_tasks()


def power_cut() -> None:
    raise StoreUnavailableError("gone")


def interrupted(world: World, *, at: int, by: Callable[[], object] = power_cut) -> World:
    """Return a world in which `by` is called just before a record is changed for the nth time."""
    events = preceded(world.services.events, "replace", at=at, by=by)
    return replace(world, services=replace(world.services, events=events))


def posts(world: World) -> list[tuple[str, str]]:
    """Return the pixel and the event's id of each request to the vendor."""
    return [(pixel_id, event.event_id) for event, pixel_id, _ in world.meta.sent]


def rows(world: World) -> Iterator[EventRecord]:
    """Yield the log's rows, newest first."""
    for stored in world.services.events.newest(TENANT, limit=1000):
        yield stored.record


def statuses(world: World) -> dict[str, int]:
    """Return how many rows show each status."""
    return {str(status): number for status, number in world.services.events.count(TENANT).items()}


def a_week_passes(world: World) -> None:
    """Let everything grow too old for the vendor."""
    world.clock.advance(timedelta(days=7))


def without(settings: TenantSettings, name: EventName) -> TenantSettings:
    """Return the settings with this event switched off."""
    return replace(settings, events={**settings.events, name: False})
