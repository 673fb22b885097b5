"""What webhooks without a login would have told is listed from the shop, and nothing is lost."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.record import Status
from service.domain.tenants.catch_up import CatchUp
from service.domain.tenants.installation import Installation, InstallState
from service.ports import Refusal, ShopError
from service.usecases.intake.catch_up import Listed, list_changes, note_dropped
from tests.builders import (
    NOW,
    POLICY,
    TENANT,
    a_membership,
    a_registration,
    a_reservation,
    a_signal,
    an_order,
)
from tests.conftest import World
from tests.listings import EVERY, asked, is_listing, names, state, sweep_and_list
from tests.tenants import put

SECOND = timedelta(seconds=1)
GONE = Installation(state=InstallState.REMOVED)
OLD = NOW - timedelta(days=400)


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    """Install the app two days ago; all of its shop's changes until now were listed."""
    world.install()
    state = CatchUp(
        starts_at=NOW - timedelta(days=2),
        listed_until=NOW,
        nightly_at=NOW + timedelta(days=1),
        at=NOW + POLICY.listed_every,
    )
    put(world.services.tenants, TENANT, catch_up=state)


def drop_a_webhook(world: World) -> bool:
    return note_dropped(TENANT, now=world.clock(), services=world.services)


class TestDroppedWebhooks:
    def test_are_noted_once(self, world: World) -> None:
        assert [drop_a_webhook(world) for _ in range(3)] == [True, False, False]
        world.clock.advance(SECOND)
        assert not drop_a_webhook(world)
        assert state(world).dropped_since == NOW

    def test_of_an_unknown_winery_are_not_noted(self, world: World) -> None:
        assert not note_dropped("no-winery", now=NOW, services=world.services)
        assert world.services.tenants.find("no-winery") is None

    def test_cause_no_listing_before_its_time(self, world: World) -> None:
        drop_a_webhook(world)
        world.clock.advance(POLICY.catch_up_after - SECOND)
        assert sweep_and_list(world) == []

    def test_are_made_up_for_by_what_the_shop_lists(self, world: World) -> None:
        world.shops.orders = {
            f"{n}": replace(an_order(), id=f"order-{n}", updated_at=NOW) for n in range(5)
        }
        world.shops.memberships["m"] = replace(a_membership(), updated_at=NOW)
        world.shops.reservations["r"] = replace(a_reservation(), updated_at=NOW)
        world.shops.customers["c"] = replace(a_registration(), updated_at=NOW, has_account=True)
        drop_a_webhook(world)
        world.clock.advance(POLICY.catch_up_after)

        assert sweep_and_list(world)[-1] is Listed.DONE
        assert names(world) == sorted(
            [EventName.PURCHASE] * 5
            + [EventName.SUBSCRIBE, EventName.LEAD, EventName.COMPLETE_REGISTRATION]
        )
        assert state(world).listed_until == NOW + POLICY.catch_up_after

    def test_are_made_up_for_without_doubling_what_is_known(self, world: World) -> None:
        order = replace(an_order(), updated_at=NOW)
        known = world.receive(a_signal(order)).record
        world.shops.orders[order.id] = order
        drop_a_webhook(world)
        world.clock.advance(POLICY.catch_up_after)
        sweep_and_list(world)
        assert known is not None
        assert (world.row().key, world.row().received_at) == (known.key, NOW)

    def test_decide_an_event_whose_look_up_waits(self, world: World) -> None:
        order = replace(an_order(), updated_at=NOW)
        world.receive(a_signal(order), is_trusted=False)
        world.shops.orders[order.id] = order
        drop_a_webhook(world)
        world.clock.advance(POLICY.catch_up_after)
        sweep_and_list(world)
        assert world.row().status is Status.QUEUED

    def test_make_no_rows_of_old_objects(self, world: World) -> None:
        """A membership or customer of last year may be changed now, and is no event."""
        world.shops.memberships["m"] = replace(a_membership(), joined_at=OLD, updated_at=NOW)
        world.shops.customers["c"] = replace(
            a_registration(), created_at=OLD, updated_at=NOW, has_account=True
        )
        drop_a_webhook(world)
        world.clock.advance(POLICY.catch_up_after)
        sweep_and_list(world)
        assert names(world) == []

    def test_that_come_while_the_shop_is_asked_cause_another_listing(self, world: World) -> None:
        drop_a_webhook(world)
        world.clock.advance(POLICY.catch_up_after)
        world.sweep()
        (task,) = [each for each in world.queue.tasks if is_listing(each.body)]
        world.shops.refusals["changed"] = ShopError(Refusal.NO_ANSWER)
        list_changes(TENANT, None, now=world.clock(), services=world.services)
        world.queue.tasks.remove(task)
        assert drop_a_webhook(world)
        del world.shops.refusals["changed"]

        assert sweep_and_list(world)[-1] is Listed.DONE
        assert state(world).dropped_since == NOW + POLICY.catch_up_after
        world.clock.advance(POLICY.catch_up_after)
        assert sweep_and_list(world)[-1] is Listed.DONE
        assert state(world).dropped_since is None


class TestAListing:
    @pytest.fixture(autouse=True)
    def _due(self, world: World) -> None:
        drop_a_webhook(world)
        world.clock.advance(POLICY.catch_up_after)

    def test_goes_on_where_the_shop_did_not_answer(self, world: World) -> None:
        order = replace(an_order(), updated_at=NOW)
        world.shops.orders[order.id] = order
        world.shops.refusals["changed"] = ShopError(Refusal.NO_ANSWER)
        world.sweep()
        now = world.clock()
        step = list_changes(TENANT, None, now=now, services=world.services)
        assert step.result is Listed.POSTPONED
        del world.shops.refusals["changed"]
        assert sweep_and_list(world)[-1] is Listed.DONE
        assert names(world) == [EventName.PURCHASE]

    def test_leaves_out_a_list_that_the_shop_refuses(self, world: World) -> None:
        world.shops.refusals["changed"] = ShopError(Refusal.NOT_ALLOWED)
        assert sweep_and_list(world)[-1] is Listed.DONE
        assert asked(world) == EVERY

    def test_begins_anew_when_its_task_was_lost(self, world: World) -> None:
        order = replace(an_order(), updated_at=NOW)
        world.shops.orders[order.id] = order
        world.sweep()
        world.shops.refusals["changed"] = ShopError(Refusal.NO_ANSWER)
        list_changes(TENANT, None, now=world.clock(), services=world.services)
        del world.shops.refusals["changed"]
        world.queue.tasks.clear()
        assert sweep_and_list(world) == []
        world.clock.advance(POLICY.pause_after(1) + POLICY.listing_lost_after)
        assert sweep_and_list(world)[-1] is Listed.DONE
        assert names(world) == [EventName.PURCHASE]

    def test_of_a_winery_that_has_left_ends(self, world: World) -> None:
        put(world.services.tenants, TENANT, installation=GONE)
        assert sweep_and_list(world) == []
        assert asked(world) == []
