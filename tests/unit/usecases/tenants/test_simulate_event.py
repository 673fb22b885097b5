"""Test events: the pixels that get them, and what is logged of them."""

from typing import Any

import pytest
from cryptography.fernet import Fernet

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.log_view import LogView, Show
from service.domain.shop.order import Channel
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.progress import Progress
from service.domain.tenants.tenant import Pixels, Role, TenantSettings
from service.infra.vault import KeyedVault
from service.usecases.tenants.simulate_event import Missing, Sent, Simulated, simulate_event
from tests.builders import (
    ACCEPTED,
    BAD_TOKEN,
    PIXEL,
    REFUSED,
    SECOND_PIXEL,
    TENANT,
    TOKEN,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import remove_tokens, save_installation, save_token

CODE = "TEST12345"
BOTH = some_settings(pixels=two_pixels(), test_event_code=CODE)


def simulate(world: World, name: EventName = EventName.LEAD) -> Simulated:
    done = simulate_event(TENANT, name, services=world.services)
    assert done is not None
    return done


class TestATestEvent:
    @pytest.mark.parametrize("name", EventName)
    def test_goes_to_the_primary_pixel_at_once_with_the_code(
        self, world: World, name: EventName
    ) -> None:
        world.install(some_settings(test_event_code=CODE))
        done = simulate(world, name)

        ((event, pixel_id, token),) = world.meta.sent
        assert (event.name, event.event_id) == (name, "test-id-1")
        assert (pixel_id, token, world.meta.test_codes) == (PIXEL, f"{TOKEN}primary", [CODE])
        sent = Sent(role=Role.PRIMARY, pixel_id=PIXEL, marked=True, verdict=ACCEPTED)
        assert done == Simulated(name=name, event_id="test-id-1", sent=(sent,))

    @pytest.mark.parametrize(
        "off",
        [
            {"enabled": False},
            {"events": dict.fromkeys(EventName, False)},
            {"channels": dict.fromkeys(Channel, False)},
            {"consent_mode": "required"},
            {"currency": None},
        ],
    )
    @pytest.mark.parametrize("name", EventName)
    def test_ignores_every_switch(self, world: World, off: dict[str, Any], name: EventName) -> None:
        world.install(some_settings(test_event_code=CODE, **off))
        simulate(world, name)
        assert len(world.meta.sent) == 1

    def test_is_neither_shown_as_real_nor_queued_nor_counted(self, world: World) -> None:
        world.install(BOTH)
        for name in EventName:
            simulate(world, name)
        shown = {Show.CONVERSIONS: 0, Show.WEBSITE: 0, Show.TESTS: len(EventName)}
        for show, number in shown.items():
            view = LogView(show=show)
            found = world.services.events.page(TENANT, view, after=None, limit=99)
            assert len(found) == number
        assert world.services.events.count(TENANT) == {}
        assert world.queue.tasks == []
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert replace(tenant.progress, test_code_saved_at=None) == Progress()

    def test_is_in_the_log_as_a_test_with_metas_answer(self, world: World) -> None:
        world.install(BOTH)
        world.meta.script = [REFUSED]
        simulate(world, EventName.PURCHASE)
        row = world.row()
        assert (row.is_test, row.status, row.payload, row.due_at) == (True, "error", None, None)
        assert row.deliveries[Role.PRIMARY].reason == "Meta refused the event"
        assert row.deliveries[Role.SECONDARY].status == "sent"

    def test_has_an_id_of_its_own_each_time(self, world: World) -> None:
        world.install(BOTH)
        ids = {simulate(world, EventName.LEAD).event_id for _ in range(3)}
        assert ids == {"test-id-1", "test-id-2", "test-id-3"}


class TestTwoPixels:
    @pytest.mark.parametrize("name", [name for name in EventName if name is not EventName.PURCHASE])
    def test_share_no_test_but_a_purchase(self, world: World, name: EventName) -> None:
        world.install(BOTH)
        simulate(world, name)
        assert [pixel for _, pixel, _ in world.meta.sent] == [PIXEL]

    def test_get_the_same_purchase_the_secondary_without_the_code(self, world: World) -> None:
        world.install(BOTH)
        done = simulate(world, EventName.PURCHASE)

        assert [(pixel, token) for _, pixel, token in world.meta.sent] == [
            (PIXEL, f"{TOKEN}primary"), (SECOND_PIXEL, f"{TOKEN}secondary"),
        ]  # fmt: skip
        assert world.meta.test_codes == [CODE, ""]
        assert len({event.event_id for event, _, _ in world.meta.sent}) == 1
        assert [sent.marked for sent in done.sent] == [True, False]

    def test_have_separate_results(self, world: World) -> None:
        world.install(BOTH)
        world.meta.script = [BAD_TOKEN]
        done = simulate(world, EventName.PURCHASE)
        assert [sent.verdict for sent in done.sent] == [BAD_TOKEN, ACCEPTED]

    def test_do_not_wait_for_each_others_token(self, world: World) -> None:
        world.install(BOTH)
        remove_tokens(world.services.tenants, TENANT)
        sealed = world.services.vault.seal(TENANT, b"a token")
        save_token(world.services.tenants, TENANT, Role.PRIMARY, sealed)
        done = simulate(world, EventName.PURCHASE)

        assert [pixel for _, pixel, _ in world.meta.sent] == [PIXEL]
        assert [sent.missing for sent in done.sent] == [None, Missing.TOKEN]


class TestWithoutWhatItNeeds:
    @pytest.mark.parametrize(
        ("settings", "missing"),
        [
            (some_settings(), [Missing.TEST_CODE]),
            (some_settings(pixels=Pixels(), test_event_code=CODE), [Missing.PIXEL, Missing.TOKEN]),
            (TenantSettings(), [Missing.PIXEL, Missing.TOKEN, Missing.TEST_CODE]),
        ],
    )
    def test_nothing_is_sent_anywhere(
        self, world: World, settings: TenantSettings, missing: list[Missing]
    ) -> None:
        world.install(settings)
        done = simulate(world, EventName.PURCHASE)
        assert (list(done.missing), done.sent) == (missing, ())
        assert world.meta.sent == []

    def test_a_token_that_no_key_opens_is_distinguished(self, world: World) -> None:
        world.install(BOTH)
        other_keys = KeyedVault([Fernet.generate_key().decode()])
        moved = replace(world, services=replace(world.services, vault=other_keys))
        assert simulate(moved).missing == (Missing.READABLE_TOKEN,)
        assert world.meta.sent == []

    @pytest.mark.parametrize("state", [InstallState.PENDING, InstallState.REMOVED])
    def test_a_winery_without_the_app_gets_none(self, world: World, state: InstallState) -> None:
        world.install(BOTH)
        save_installation(world.services.tenants, TENANT, Installation(state=state))
        assert simulate_event(TENANT, EventName.LEAD, services=world.services) is None
        assert simulate_event("nobody", EventName.LEAD, services=world.services) is None
        assert world.meta.sent == []


class TestARealEvent:
    def test_never_carries_the_code(self, world: World) -> None:
        record = world.record_an_order(BOTH)
        for role in Role:
            world.send(record, role)
        assert len(world.meta.sent) == 2
        assert world.meta.test_codes == ["", ""]
