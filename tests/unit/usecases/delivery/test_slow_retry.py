from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import BreakerState
from service.domain.delivery.schedule import LEASE_FOR, MAX_ATTEMPTS
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role
from service.ports import Change, Tenants, Updated
from service.usecases.delivery.send_event import Attempted
from tests.builders import BAD_TOKEN, DOWN, POLICY, TENANT, a_signal, an_order
from tests.conftest import World
from tests.unit.usecases.interruptions import cut_short


def receive(world: World, *names: str) -> None:
    for name in names:
        world.receive(a_signal(an_order(id=name)))


def statuses(world: World) -> list[str]:
    newest = world.services.events.newest(TENANT, limit=100)
    return sorted(stored.record.status for stored in newest)


def rows(world: World) -> Iterator[EventRecord]:
    for stored in world.services.events.newest(TENANT, limit=100):
        yield stored.record


class TestASlowRetry:
    def fail(self, world: World) -> None:
        """Use up the attempts of the tenant's one event."""
        record = world.record_an_order()
        world.meta.script = [DOWN] * MAX_ATTEMPTS
        for _ in range(MAX_ATTEMPTS):
            world.send(record)
            world.clock.advance(timedelta(minutes=2))
        assert (world.row().status, world.delivery().attempts) == (Status.ERROR, MAX_ATTEMPTS)
        assert world.row().payload is not None
        assert world.breaker().state is BreakerState.FAILING

    def hour(self, world: World) -> None:
        world.clock.advance(POLICY.slow_retry_every)
        for _ in range(2):
            world.sweep()
            world.run_tasks()

    def test_begins_an_hour_after_the_last_attempt(self, world: World) -> None:
        self.fail(world)
        world.sweep()
        world.run_tasks()
        assert len(world.meta.sent) == MAX_ATTEMPTS
        self.hour(world)
        assert world.row().status is Status.SENT
        assert len({event.event_id for event, _, _ in world.meta.sent}) == 1

    def test_is_one_attempt_an_hour(self, world: World) -> None:
        self.fail(world)
        for hour in range(1, 4):
            world.meta.script = [DOWN]
            self.hour(world)
            assert len(world.meta.sent) == MAX_ATTEMPTS + hour
            tries = f"(tried {MAX_ATTEMPTS + hour} times)"
            sentence = f"Meta could not accept the event {tries}"
            assert world.delivery().sentence == sentence

    def test_probes_with_one_event_for_all(self, world: World) -> None:
        self.fail(world)
        receive(world, "one", "two")
        world.meta.script = [DOWN] * 9
        for _ in range(MAX_ATTEMPTS):
            for stored in world.services.events.newest(TENANT, limit=9):
                world.send(stored.record)
            world.clock.advance(timedelta(minutes=2))
        assert statuses(world) == ["error"] * 3
        tried = len(world.meta.sent)
        self.hour(world)
        assert len(world.meta.sent) == tried + 1

        world.meta.script = []
        self.hour(world)
        self.hour(world)
        assert statuses(world) == ["sent"] * 3

    def test_does_not_keep_new_events_waiting(self, world: World) -> None:
        self.fail(world)
        receive(world, "new")
        world.run_tasks()
        assert statuses(world) == ["error", "sent"]
        assert world.breaker().is_working

        world.clock.advance(POLICY.slow_retry_every)
        for _ in range(2):
            world.sweep()
            world.run_tasks()
        assert statuses(world) == ["sent", "sent"]

    def test_ends_with_metas_window(self, world: World) -> None:
        self.fail(world)
        world.clock.advance(timedelta(days=7))
        world.sweep()
        world.run_tasks()
        assert (world.row().payload, world.row().due_at) == (None, None)
        assert world.delivery().is_final
        assert world.delivery().sentence == (
            "could not be sent within 7 days: "
            f"Meta could not accept the event (tried {MAX_ATTEMPTS} times)"
        )

    def test_is_one_attempt_an_hour_when_they_are_cut_short(self, world: World) -> None:
        self.fail(world)
        world.clock.advance(POLICY.slow_retry_every)
        cut_short(world, world.row())
        world.clock.advance(LEASE_FOR)
        assert world.send(world.row()).attempted is Attempted.HELD
        assert (
            world.delivery().sentence
            == f"the last attempt was interrupted (tried {MAX_ATTEMPTS + 1} times)"
        )
        world.clock.advance(POLICY.slow_retry_every - LEASE_FOR)
        world.send(world.row())
        assert len(world.meta.sent) == MAX_ATTEMPTS + 1

        self.hour(world)
        assert world.row().status is Status.SENT

    def test_follows_attempts_that_were_cut_short_too(self, world: World) -> None:
        record = world.record_an_order()

        def go_on() -> None:
            world.clock.advance(timedelta(minutes=1))
            world.sweep()

        cut_short(world, record, times=MAX_ATTEMPTS, then=go_on)
        world.run_tasks()
        tries = f"(tried {MAX_ATTEMPTS} times)"
        assert world.delivery().sentence == f"every attempt was interrupted {tries}"
        self.hour(world)
        assert world.row().status is Status.SENT

    def test_does_not_overwrite_the_state_of_a_dead_token(self, world: World) -> None:
        record = world.record_an_order()
        cut_short(world, record, times=MAX_ATTEMPTS, then=lambda: world.clock.advance(LEASE_FOR))
        receive(world, "refused")
        refused = next(each for each in rows(world) if each.object_id == "refused")
        world.meta.script = [BAD_TOKEN]
        world.send(refused)
        known = world.breaker()
        assert known.state is BreakerState.NEEDS_RECONNECT

        world.send(record)
        assert world.breaker() == known


class TestManyThatFail:
    def test_open_the_breaker_once(self, world: World) -> None:
        world.install()
        receive(world, *map(str, range(20)))
        tenants, written = world.services.tenants, list[Updated]()

        class Counted:
            def update(self, tenant_id: str, change: Change) -> Updated:
                updated = tenants.update(tenant_id, change)
                if updated.before != updated.after:
                    written.append(updated)
                return updated

            def __getattr__(self, name: str) -> object:
                return getattr(tenants, name)

        services = replace(world.services, tenants=cast("Tenants", Counted()))
        counted = replace(world, services=services)
        world.meta.script = [DOWN] * 20 * MAX_ATTEMPTS
        for _ in range(MAX_ATTEMPTS):
            for record in rows(world):
                counted.send(record)
            world.clock.advance(timedelta(minutes=2))
        assert statuses(world) == ["error"] * 20
        assert [each.after and each.after.breaker(Role.PRIMARY).state for each in written] == [
            BreakerState.FAILING,
            BreakerState.FAILING,
        ]
