from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker, BreakerState
from service.domain.delivery.verdict import Verdict
from service.domain.records.record import Status
from service.domain.tenants.tenant import Role
from service.usecases.delivery.send_event import Attempted, send_event
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.builders import (
    BAD_TOKEN,
    NOW,
    OLIVE,
    POLICY,
    REFUSED,
    SLOW_DOWN,
    TENANT,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import save_token

SECOND = timedelta(seconds=1)


def enter_token(world: World, token: str = "EAAanothertoken") -> None:  # noqa: S107 - invented
    world.clock.advance(SECOND)
    tokens = {Role.PRIMARY: token}
    configure_tenant(TENANT, some_settings(), tokens=tokens, by=OLIVE, services=world.services)


def receive(world: World, *names: str) -> None:
    for name in names:
        world.receive(a_signal(an_order(id=name)))


def statuses(world: World) -> list[str]:
    newest = world.services.events.newest(TENANT, limit=100)
    return sorted(stored.record.status for stored in newest)


class TestAHold:
    @pytest.mark.parametrize(
        ("verdict", "wait"),
        [
            (SLOW_DOWN, POLICY.throttled_for),
            (replace(SLOW_DOWN, retry_after=timedelta(minutes=9)), timedelta(minutes=9)),
            (BAD_TOKEN, POLICY.token_probe_every),
        ],
    )
    def test_uses_no_attempt_and_ends_by_itself(
        self, world: World, verdict: Verdict, wait: timedelta
    ) -> None:
        record = world.record_an_order()
        world.meta.script = [verdict]

        assert world.send(record).attempted is Attempted.HELD
        assert world.delivery().attempts == 0
        assert world.row().payload is not None

        world.clock.advance(wait - SECOND)
        world.sweep()
        world.run_tasks()
        assert world.send(record).attempted is Attempted.HELD
        world.clock.advance(SECOND)
        world.sweep()
        world.run_tasks()
        assert world.row().status is Status.SENT
        assert len(world.meta.sent) == 2

    def test_applies_to_every_other_event_without_a_request_to_meta(self, world: World) -> None:
        world.record_an_order()
        world.meta.script = [BAD_TOKEN]
        receive(world, "one", "two")
        world.run_tasks()

        assert len(world.meta.sent) == 1
        assert statuses(world) == ["held"] * 3
        reasons = {
            stored.record.deliveries[Role.PRIMARY].reason
            for stored in world.services.events.newest(TENANT, limit=9)
        }
        assert reasons == {"Meta refused the access token"}

    def test_is_probed_with_one_event_only(self, world: World) -> None:
        world.record_an_order()
        receive(world, "one", "two")
        world.meta.script = [BAD_TOKEN] * 2
        world.run_tasks()
        world.clock.advance(POLICY.token_probe_every)
        for _ in range(2):
            world.sweep()
            world.run_tasks()

        assert len(world.meta.sent) == 2
        assert world.breaker().probe_at == world.clock() + POLICY.token_probe_every

    def test_ends_for_all_events_once_one_is_accepted(self, world: World) -> None:
        world.record_an_order()
        receive(world, "one", "two")
        world.meta.script = [BAD_TOKEN]
        world.run_tasks()
        world.clock.advance(POLICY.token_probe_every)
        for _ in range(2):
            world.sweep()
            world.run_tasks()

        assert statuses(world) == ["sent"] * 3
        assert world.breaker() == Breaker()

    def test_for_a_token_ends_with_a_new_one(self, world: World) -> None:
        world.record_an_order()
        receive(world, "one", "two")
        world.meta.script = [BAD_TOKEN]
        world.run_tasks()
        assert world.breaker().state is BreakerState.NEEDS_RECONNECT

        enter_token(world)
        world.run_tasks()
        world.sweep()
        world.run_tasks()

        assert statuses(world) == ["sent"] * 3
        assert {token for _, _, token in world.meta.sent[1:]} == {"EAAanothertoken"}

    def test_does_not_end_with_a_new_token_that_is_bad_too(self, world: World) -> None:
        world.record_an_order()
        receive(world, *map(str, range(5)))
        world.meta.script = [BAD_TOKEN] * 2
        world.run_tasks()
        enter_token(world)
        world.run_tasks()

        assert len(world.meta.sent) == 2
        assert statuses(world) == ["held"] * 6

    def test_is_not_begun_by_the_answer_to_a_token_that_was_replaced(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.meanwhile = lambda: enter_token(world)
        world.meta.script = [BAD_TOKEN]
        world.send(record)
        world.meta.meanwhile = lambda: None
        assert world.breaker().is_working

        world.clock.advance(timedelta(minutes=1))
        world.sweep()
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_ends_when_meta_refuses_an_event_for_what_is_in_it(self, world: World) -> None:
        world.record_an_order()
        receive(world, "one")
        world.meta.script = [SLOW_DOWN, REFUSED]
        world.run_tasks()
        world.clock.advance(POLICY.throttled_for)
        for _ in range(2):
            world.sweep()
            world.run_tasks()

        assert statuses(world) == ["error", "sent"]

    def test_of_one_pixel_does_not_affect_the_other(self, world: World) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))
        world.meta.script = [BAD_TOKEN]
        world.send(record)
        world.send(record, Role.SECONDARY)

        assert world.delivery(Role.SECONDARY).status == "sent"
        assert world.breaker(Role.SECONDARY) == Breaker()

    def test_is_probed_although_the_other_pixel_writes_in_between(self, world: World) -> None:
        record = world.record_an_order(some_settings(pixels=two_pixels()))
        world.meta.script = [BAD_TOKEN]
        world.send(record)
        world.clock.advance(POLICY.token_probe_every)
        events, made = world.services.events, list[str]()

        def new_id_after_the_other() -> str:
            made.append(f"id {len(made)}")
            if len(made) == 1:
                stored = events.find(TENANT, record.key)
                assert stored
                assert events.replace(stored, stored.record)
            return made[-1]

        services = replace(world.services, new_id=new_id_after_the_other)
        sent = send_event(TENANT, record.key, role=Role.PRIMARY, services=services)
        assert (sent.attempted, len(world.meta.sent)) == (Attempted.FINISHED, 2)

    def test_without_waiting_events_is_watched_no_longer(self, world: World) -> None:
        world.record_an_order()
        world.meta.script = [BAD_TOKEN]
        world.run_tasks()
        world.install(some_settings(enabled=False))
        world.run_tasks()
        world.clock.advance(POLICY.token_probe_every)
        world.sweep()
        world.run_tasks()

        assert statuses(world) == ["skipped"]
        assert (world.breaker().is_watched, world.breaker().due_at) == (False, None)

    def test_that_is_not_watched_is_ended_by_the_next_event(self, world: World) -> None:
        self.test_without_waiting_events_is_watched_no_longer(world)
        world.install()
        receive(world, "next")
        world.run_tasks()
        assert world.breaker() == Breaker()
        assert statuses(world) == ["sent", "skipped"]

    def test_never_keeps_data_beyond_seven_days(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [replace(SLOW_DOWN, retry_after=timedelta(hours=24))]
        world.clock.advance(timedelta(days=6, hours=22))
        world.send(record)
        over = NOW + timedelta(days=6, hours=23)
        assert world.row().due_at == over

        world.clock.advance(over - world.clock.now)
        world.sweep()
        world.run_tasks()
        assert (world.row().status, world.row().payload) == (Status.ERROR, None)
        assert world.delivery().sentence == (
            "could not be sent within 7 days: Meta is limiting requests"
        )


class TestAnUnreadableToken:
    def test_says_what_to_do(self, world: World) -> None:
        record = world.record_an_order()
        save_token(world.services.tenants, TENANT, Role.PRIMARY, "damaged")

        assert world.send(record).attempted is Attempted.HELD
        assert world.delivery().sentence == "access token cannot be read"
        assert world.breaker().state is BreakerState.NEEDS_RECONNECT
        assert world.meta.sent == []

    def test_of_another_tenant_is_not_opened(self, world: World) -> None:
        record = world.record_an_order()
        world.install(tenant_id="other-winery")
        stolen = world.services.tenants.sealed_token("other-winery", Role.PRIMARY)
        assert stolen is not None
        save_token(world.services.tenants, TENANT, Role.PRIMARY, stolen)

        assert world.send(record).attempted is Attempted.HELD
        assert world.meta.sent == []
