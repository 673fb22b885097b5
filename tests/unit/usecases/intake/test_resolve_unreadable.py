import pytest

from service.domain.copies import replace
from service.domain.records.record import EventRecord, Status
from service.domain.shop.signal import Fact
from service.usecases.intake.resolve_signal import Resolved
from tests.builders import TENANT, a_membership, a_signal, a_stranger, an_order
from tests.conftest import World


def receive_fact(world: World, fact: Fact) -> EventRecord:
    world.install()
    received = world.receive(a_signal(fact))
    assert received.record is not None
    return received.record


class TestAnUnreadableSignal:
    """Its key is gone, or its text is damaged: another look-up would not help."""

    @pytest.mark.parametrize("plain", [b"{}", b"\xff", None])
    def test_is_skipped_with_a_reason_and_not_looked_up_again(
        self, world: World, plain: bytes | None
    ) -> None:
        half_known = an_order(person=a_stranger())
        world.shops.orders[half_known.id] = half_known
        record = receive_fact(world, half_known)
        stored = world.services.events.find(TENANT, record.key)
        assert stored is not None
        damaged = "damaged" if plain is None else world.services.vault.seal(TENANT, plain)
        assert world.services.events.replace(stored, replace(stored.record, payload=damaged))

        assert world.resolve(record.key) is Resolved.DECIDED
        row = world.row()
        assert (row.status, row.lookup, row.payload) == (Status.SKIPPED, None, None)
        assert row.reason == "the signal could not be read back"

    @pytest.mark.parametrize("plain", [b"\xff", None])
    def test_may_be_one_whose_object_is_unknown(self, world: World, plain: bytes | None) -> None:
        record = receive_fact(world, a_membership())
        stored = world.services.events.find(TENANT, record.key)
        assert stored is not None
        assert stored.record.lookup is not None
        damaged = "damaged" if plain is None else world.services.vault.seal(TENANT, plain)
        lookup = replace(stored.record.lookup, sealed_id=damaged)
        assert world.services.events.replace(stored, replace(stored.record, lookup=lookup))

        assert world.resolve(record.key) is Resolved.DECIDED
        assert world.row().reason == "the signal could not be read back"
