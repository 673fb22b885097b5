"""Resealing: all texts open with the newest key, so that older keys can be destroyed."""

import pytest
from cryptography.fernet import Fernet

from service.domain.copies import replace
from service.domain.records.record import EventRecord, Status
from service.domain.shop.signal import Fact
from service.domain.tenants.tenant import Role
from service.infra.vault import KeyedVault
from service.ports import Stored, UnsealError
from service.usecases.delivery.send_event import Attempted
from service.usecases.eventlog.reseal_tenant import Resealed, reseal_tenant
from service.usecases.intake.resolve_signal import Resolved
from service.usecases.sealing import unseal_event
from tests.builders import (
    CUSTOMER_ID,
    TENANT,
    TOKEN,
    a_membership,
    a_registration,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.tenants import save_token
from tests.unit.usecases.interruptions import drop, preceded, rewrite

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def with_keys(world: World, *keys: str) -> World:
    """Return the world as it is after a restart with these keys."""
    return replace(world, services=replace(world.services, vault=KeyedVault(keys)))


def receive_fact(world: World, fact: Fact, *, is_trusted: bool = True) -> EventRecord:
    received = world.receive(a_signal(fact), is_trusted=is_trusted)
    assert received.record is not None
    return received.record


def reseal(world: World, *keys: str) -> Resealed:
    return reseal_tenant(TENANT, services=with_keys(world, *keys).services)


def read(world: World, key: str) -> Stored:
    stored = world.services.events.find(TENANT, key)
    assert stored is not None
    return stored


@pytest.fixture
def old(world: World) -> World:
    """Return a winery with two pixels, set up under the old key."""
    before = with_keys(world, OLD)
    before.install(some_settings(pixels=two_pixels()))
    return before


class TestResealing:
    def test_makes_tokens_open_with_the_newest_key_alone(self, old: World) -> None:
        assert reseal(old, NEW, OLD) == Resealed(resealed=2, unreadable=0)

        for role in Role:
            sealed = old.services.tenants.sealed_token(TENANT, role)
            assert sealed is not None
            assert KeyedVault([NEW]).unseal(TENANT, sealed).decode() == f"{TOKEN}{role}"
            with pytest.raises(UnsealError):
                KeyedVault([OLD]).unseal(TENANT, sealed)

    def test_makes_a_waiting_event_go_out_under_the_newest_key_alone(self, old: World) -> None:
        record = receive_fact(old, an_order())
        assert reseal(old, NEW, OLD) == Resealed(resealed=3, unreadable=0)

        new = with_keys(old, NEW)
        assert new.send(record).attempted is Attempted.FINISHED
        ((event, _, token),) = old.meta.sent
        assert event.event_id == record.event_id
        assert token == f"{TOKEN}primary"

    def test_makes_lookups_go_on_under_the_newest_key_alone(self, old: World) -> None:
        old.shops.customers[CUSTOMER_ID] = a_registration()
        old.shops.memberships[a_membership().id] = a_membership()
        old.shops.orders[an_order().id] = an_order()
        proven, unproven = (
            receive_fact(old, a_membership()),
            receive_fact(old, an_order(), is_trusted=False),
        )
        assert proven.is_trusted
        assert reseal(old, NEW, OLD) == Resealed(resealed=4, unreadable=0)

        new = with_keys(old, NEW)
        for record in (proven, unproven):
            assert new.resolve(record.key) is Resolved.DECIDED
            assert read(new, record.key).record.status is Status.QUEUED

    def test_changes_nothing_but_the_seals(self, old: World) -> None:
        before = receive_fact(old, a_membership())
        reseal(old, NEW, OLD)

        after = read(old, before.key).record
        assert before.lookup is not None
        assert after.lookup is not None
        assert before.payload is not None
        assert after.payload is not None
        assert after.payload != before.payload
        assert after.lookup.sealed_id != before.lookup.sealed_id
        vaults = KeyedVault([OLD]), KeyedVault([NEW])
        event, same = (
            unseal_event(payload, tenant_id=TENANT, vault=vault)
            for payload, vault in zip((before.payload, after.payload), vaults, strict=True)
        )
        assert event == same
        sealed_id = before.lookup.sealed_id
        lookup = replace(after.lookup, sealed_id=sealed_id)
        assert replace(after, payload=before.payload, lookup=lookup) == before

    def test_leaves_alone_what_is_finished_or_holds_nothing(self, old: World) -> None:
        record = receive_fact(old, an_order())
        for role in Role:
            old.send(record, role)
        before = read(old, record.key)
        assert reseal(old, NEW, OLD) == Resealed(resealed=2, unreadable=0)
        assert read(old, record.key) == before

    def test_may_be_done_again(self, old: World) -> None:
        receive_fact(old, an_order())
        assert [reseal(old, NEW, OLD).resealed for _ in range(2)] == [3, 3]
        assert reseal(old, NEW) == Resealed(resealed=3, unreadable=0)

    def test_gets_to_the_end_of_a_long_list(self, old: World) -> None:
        for number in range(205):
            receive_fact(old, an_order(id=str(number)))
        assert reseal(old, NEW, OLD) == Resealed(resealed=207, unreadable=0)
        assert reseal(old, NEW) == Resealed(resealed=207, unreadable=0)

    def test_is_of_one_winery_alone(self, old: World) -> None:
        old.install(tenant_id="other-winery")
        sealed = old.services.tenants.sealed_token("other-winery", Role.PRIMARY)
        reseal(old, NEW, OLD)
        assert old.services.tenants.sealed_token("other-winery", Role.PRIMARY) == sealed

    def test_of_a_winery_without_anything_does_nothing(self, world: World) -> None:
        assert reseal(world, NEW) == Resealed(resealed=0, unreadable=0)

    def test_overcomes_another_process_that_writes(self, old: World) -> None:
        record = receive_fact(old, an_order())
        new = with_keys(old, NEW, OLD)
        events = preceded(
            new.services.events, "replace", by=lambda: rewrite(old, record.key, object_number="9")
        )
        services = replace(new.services, events=events)
        assert reseal_tenant(TENANT, services=services).resealed == 3
        after = read(old, record.key).record
        assert after.object_number == "9"
        event = unseal_event(after.payload or "", tenant_id=TENANT, vault=KeyedVault([NEW]))
        assert event.event_id == record.event_id

    @pytest.mark.parametrize("is_sent", [True, False])
    def test_leaves_alone_what_is_erased_or_sent_meanwhile(
        self, old: World, *, is_sent: bool
    ) -> None:
        record = receive_fact(old, an_order())
        new = with_keys(old, NEW, OLD)

        def go() -> None:
            if is_sent:
                assert {new.send(record, role).attempted for role in Role} == {Attempted.FINISHED}
            else:
                drop(old, record.key)

        events = preceded(new.services.events, "replace", by=go)
        services = replace(new.services, events=events)
        assert reseal_tenant(TENANT, services=services) == Resealed(resealed=2, unreadable=0)
        rows = [stored.record for stored in old.services.events.newest(TENANT, limit=9)]
        assert [(row.status, row.payload) for row in rows] == [(Status.SENT, None)] * is_sent


class TestWhatNoKeyOpens:
    def test_is_counted_and_left_as_it_is(self, old: World) -> None:
        receive_fact(old, an_order())
        receive_fact(old, a_membership())
        events = old.services.events.newest(TENANT, limit=9)
        tokens = [old.services.tenants.sealed_token(TENANT, role) for role in Role]

        assert reseal(old, NEW) == Resealed(resealed=0, unreadable=4)
        assert old.services.events.newest(TENANT, limit=9) == events
        assert [old.services.tenants.sealed_token(TENANT, role) for role in Role] == tokens

    def test_stops_nothing_else(self, old: World) -> None:
        save_token(old.services.tenants, TENANT, Role.PRIMARY, "damaged")
        broken = read(old, receive_fact(old, an_order(id="broken")).key)
        old.services.events.replace(broken, replace(broken.record, payload="damaged"))
        receive_fact(old, an_order(id="whole"))
        assert reseal(old, NEW, OLD) == Resealed(resealed=2, unreadable=2)

    def test_may_be_another_winerys_text_that_was_copied_here(self, old: World) -> None:
        old.install(tenant_id="other-winery")
        stolen = old.services.tenants.sealed_token("other-winery", Role.PRIMARY)
        assert stolen is not None
        save_token(old.services.tenants, TENANT, Role.PRIMARY, stolen)

        assert reseal(old, NEW, OLD) == Resealed(resealed=1, unreadable=1)
        assert old.services.tenants.sealed_token(TENANT, Role.PRIMARY) == stolen
