"""Access checks at Commerce7, and what follows for the winery."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery, DeliveryStatus
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Payment
from service.domain.tenants.installation import DOUBTED_CHECKS, Installation, InstallState
from service.domain.tenants.tenant import Due, Role, Tenant
from service.ports import Refusal, ShopError
from service.usecases.delivery.send_event import Attempted
from service.usecases.intake.receive_signal import Receipt
from service.usecases.intake.resolve_signal import Resolved
from service.usecases.task_bodies import (
    CheckInstallation,
    ReadShop,
    parse_task,
)
from service.usecases.tenants.check_installation import check_installation
from service.usecases.tenants.record_install import record_install, record_uninstall
from tests.builders import (
    DOWN,
    NOW,
    SLOW_DOWN,
    TENANT,
    a_membership,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import save_installation

SECOND = timedelta(seconds=1)
SILENCE = [Refusal.NO_ANSWER, Refusal.NOT_FOUND]
CHECK = CheckInstallation(tenant_id=TENANT)


def answer(world: World, refusal: Refusal | None) -> None:
    """Let Commerce7 grant us access, or refuse it for this reason."""
    world.shops.refusals.pop("check_access", None)
    if refusal:
        world.shops.refusals["check_access"] = ShopError(refusal)


def check(world: World) -> Installation | None:
    return check_installation(TENANT, now=world.clock(), services=world.services)


def leave(world: World, refusal: Refusal | None = Refusal.NOT_ALLOWED) -> Installation | None:
    """Record an uninstall, and run the access check."""
    record_uninstall(TENANT, now=world.clock(), services=world.services)
    answer(world, refusal)
    return check(world)


def tenant(world: World) -> Tenant:
    found = world.services.tenants.find(TENANT)
    assert found is not None
    return found


def rows(world: World) -> dict[str, EventRecord]:
    found = world.services.events.newest(TENANT, limit=1000)
    return {stored.record.object_id: stored.record for stored in found}


def receive(world: World, order_id: str, **changes: object) -> EventRecord:
    received = world.receive(a_signal(an_order(id=order_id, **changes)))
    assert received.record is not None
    return received.record


def lookups(world: World) -> list[EventRecord]:
    """Return the records of a proven and of an unproven signal, both with an open look-up."""
    received = [
        world.receive(a_signal(a_membership())),
        world.receive(a_signal(an_order(id="claimed")), is_trusted=False),
    ]
    return [each.record for each in received if each.record]


class TestAWineryThatLeft:
    def test_loses_its_tokens_and_keeps_its_settings(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        assert leave(world) == tenant(world).installation
        assert tenant(world).installation == Installation(
            state=InstallState.REMOVED, purge_at=NOW + world.services.uninstall_grace
        )
        assert [world.services.tenants.sealed_token(TENANT, role) for role in Role] == [None, None]
        assert tenant(world).choices == some_settings(pixels=two_pixels())

    def test_has_no_waiting_events_any_more(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        waits = {
            DeliveryStatus.QUEUED: receive(world, "1"),
            DeliveryStatus.RETRYING: receive(world, "2"),
            DeliveryStatus.HELD: receive(world, "3"),
        }
        world.meta.script = [DOWN, SLOW_DOWN]
        world.send(waits[DeliveryStatus.RETRYING])
        world.send(waits[DeliveryStatus.HELD])
        found = {record.deliveries[Role.PRIMARY].status for record in rows(world).values()}
        assert found == set(waits)
        world.clock.advance(SECOND)
        leave(world)

        for record in rows(world).values():
            assert record.status is Status.SKIPPED
            assert record.payload is None
            for delivery in record.deliveries.values():
                assert (delivery.status, delivery.reason) == (DeliveryStatus.SKIPPED, "uninstalled")
                assert delivery.finished_at == NOW + SECOND
        assert world.services.events.open(TENANT, after=None, limit=10) == []

    def test_has_no_open_look_ups_any_more(self, world: World) -> None:
        world.install()
        pending = lookups(world)
        leave(world)

        for record in pending:
            stored = world.services.events.find(TENANT, record.key)
            assert stored is not None
            assert (stored.record.lookup, stored.record.payload) == (None, None)
            assert (stored.record.status, stored.record.reason) == (Status.SKIPPED, "uninstalled")
            assert world.resolve(record.key) is Resolved.NOTHING
        assert [what for what, _ in world.shops.asked] == ["check_access"]

    def test_keeps_sent_events_and_those_that_wait_for_a_webhook(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        sent = receive(world, "1")
        world.send(sent)
        waiting = receive(world, "2", payment=Payment.OPEN)
        world.receive(a_signal(an_order(id="2")), is_trusted=False)
        leave(world)

        primary, secondary = (rows(world)["1"].deliveries[role] for role in Role)
        assert (primary.status, secondary.status) == (DeliveryStatus.SENT, DeliveryStatus.SKIPPED)
        assert (rows(world)["1"].reason, rows(world)["2"]) == (None, waiting)

    def test_has_no_signal_taken_and_nothing_sent(self, world: World) -> None:
        world.install()
        record = receive(world, "1")
        leave(world)
        assert world.receive(a_signal(an_order(id="2"))).receipt is Receipt.UNKNOWN_TENANT
        assert world.send(record).attempted is Attempted.NOTHING
        assert world.meta.sent == []

    def test_has_even_a_late_record_skipped_unsent(self, world: World) -> None:
        world.install()
        leave(world)
        late = world.services.events.add(
            EventRecord(
                tenant_id=TENANT, key="late", name=EventName.PURCHASE, event_id="late",
                object_kind="order", object_id="late", received_at=NOW, updated_at=NOW,
                occurred_at=NOW, payload="sealed", deliveries={Role.PRIMARY: Delivery()},
            )
        )  # fmt: skip
        assert late is not None
        assert world.send(late.record).attempted is Attempted.FINISHED
        delivery = rows(world)["late"].deliveries[Role.PRIMARY]
        assert (delivery.status, delivery.reason) == (DeliveryStatus.SKIPPED, "not installed")
        assert (rows(world)["late"].payload, world.meta.sent) == (None, [])

    def test_does_not_affect_another(self, world: World) -> None:
        world.install()
        world.install(tenant_id="other-winery")
        world.receive(a_signal(an_order()), tenant_id="other-winery")
        leave(world)
        assert world.row("other-winery").status is Status.QUEUED
        assert world.services.tenants.sealed_token("other-winery", Role.PRIMARY) is not None


class TestAWineryThatMayHaveLeft:
    @pytest.mark.parametrize("refusal", SILENCE)
    def test_has_its_events_held(self, world: World, refusal: Refusal) -> None:
        record = world.record_an_order()
        held = leave(world, refusal)
        assert held is not None
        assert held.state is InstallState.HELD
        assert world.send(record).attempted is Attempted.HELD

        delivery = world.delivery()
        assert (delivery.status, delivery.reason) == (
            DeliveryStatus.HELD,
            Reason.UNINSTALL_REPORTED,
        )
        assert (delivery.attempts, delivery.due_at) == (0, None)
        assert world.row().payload is not None
        assert world.meta.sent == []

    def test_still_has_its_signals_taken(self, world: World) -> None:
        world.install()
        leave(world, Refusal.NO_ANSWER)
        assert world.receive(a_signal(an_order())).receipt is Receipt.RECORDED

    def test_has_them_sent_as_soon_as_commerce7_grants_access(self, world: World) -> None:
        record = world.record_an_order()
        leave(world, Refusal.NO_ANSWER)
        world.send(record)
        world.queue.tasks.clear()
        world.clock.advance(timedelta(minutes=1))
        answer(world, None)
        after = check(world)

        assert after is not None
        assert after.state is InstallState.ACTIVE
        world.run_tasks()
        assert (world.row().status, world.delivery().reason) == (Status.SENT, None)
        assert len(world.meta.sent) == 1

    def test_has_nothing_else_released(self, world: World) -> None:
        world.record_an_order(some_settings(currency=None))
        leave(world, Refusal.NO_ANSWER)
        world.clock.advance(timedelta(minutes=1))
        answer(world, None)
        check(world)
        assert world.delivery().reason == "currency unknown"

    def test_is_removed_when_commerce7_says_so_later(self, world: World) -> None:
        record = world.record_an_order()
        leave(world, Refusal.NO_ANSWER)
        world.send(record)
        world.clock.advance(timedelta(minutes=1))
        answer(world, Refusal.NOT_ALLOWED)
        check(world)

        assert tenant(world).installation.state is InstallState.REMOVED
        assert (world.delivery().reason, world.row().payload) == ("uninstalled", None)
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY) is None


class TestAWineryThatDidNotLeave:
    def test_keeps_everything(self, world: World) -> None:
        record = world.record_an_order()
        lookups(world)
        before = (tenant(world).choices, world.services.events.newest(TENANT, limit=10))
        token = world.services.tenants.sealed_token(TENANT, Role.PRIMARY)
        leave(world, None)
        for _ in range(DOUBTED_CHECKS - 1):
            world.clock.advance(timedelta(hours=1))
            check(world)

        assert tenant(world).installation == Installation()
        assert (tenant(world).choices, world.services.events.newest(TENANT, limit=10)) == before
        assert world.services.tenants.sealed_token(TENANT, Role.PRIMARY) == token
        assert world.shops.asked == [("check_access", TENANT)] * DOUBTED_CHECKS
        assert world.send(record).attempted is Attempted.FINISHED

    def test_is_checked_again_at_the_time_of_the_next_task(self, world: World) -> None:
        world.install()
        after = leave(world, None)
        assert after is not None
        assert after.check_at is not None
        task = world.queue.tasks[-1]
        assert parse_task(task.body) == CHECK
        assert NOW + task.delay == after.check_at > NOW


class TestACheck:
    def test_before_its_time_makes_no_request(self, world: World) -> None:
        world.install()
        assert check(world) == Installation()
        doubted = replace(Installation(), is_leaving=True, check_at=NOW + SECOND)
        save_installation(world.services.tenants, TENANT, doubted)
        assert check(world) == doubted
        assert world.shops.asked == []

    def test_of_an_unknown_winery_does_nothing(self, world: World) -> None:
        assert check(world) is None
        assert world.shops.asked == []

    def test_stays_due_when_the_queue_is_down(self, world: World) -> None:
        world.install()
        world.queue.is_down = True
        after = leave(world, Refusal.NO_ANSWER)
        assert after == tenant(world).installation
        due = NOW + timedelta(minutes=1)
        assert world.services.tenants.due(Due.INSTALLATION, now=due, limit=9) == [TENANT]

    def test_that_a_user_waits_for_has_the_shop_read_afterwards(self, world: World) -> None:
        record_install(TENANT, is_proven=False, now=NOW, services=world.services)
        assert check(world) == Installation()
        assert [parse_task(task.body) for task in world.queue.tasks] == [
            CHECK,
            ReadShop(tenant_id=TENANT),
        ]
