"""What is noted at the same moment is all kept, and a delivery never fails for a note."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from service.domain.progress import Progress
from service.domain.record import Status
from service.domain.tenant import Role
from service.domain.verdict import Verdict
from service.ports import StoreUnavailableError, Tenants
from service.usecases.note_progress import note_progress
from service.usecases.send_event import Attempted, send_event
from tests.builders import DOWN, NOW, REFUSED, TENANT, a_signal, an_order
from tests.conftest import World


def progress(world: World) -> Progress:
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant.progress


class Meddling:
    """A store of tenants in which somebody does something just before a note is written."""

    def __init__(self, world: World, what: object) -> None:
        self._tenants, self._what, self.notes = world.services.tenants, what, 0

    def replace_progress(self, tenant_id: str, noted: Progress, *, over: Progress) -> bool:
        self.notes += 1
        if isinstance(self._what, Exception):
            raise self._what
        if self.notes == 1:
            assert isinstance(self._what, Progress)
            assert self._tenants.replace_progress(tenant_id, self._what, over=over)
        return self._tenants.replace_progress(tenant_id, noted, over=over)

    def __getattr__(self, name: str) -> object:
        return getattr(self._tenants, name)


class TestANote:
    def test_keeps_what_another_one_wrote_in_between(self, world: World) -> None:
        world.install()
        seen = Progress(snippet_seen_at=NOW, snippet_seen_host="shop.example.com")
        tenants = Meddling(world, seen)
        services = replace(world.services, tenants=cast("Tenants", tenants))
        note_progress(TENANT, lambda known: known.with_first_sent(NOW), services=services)

        assert progress(world) == replace(seen, first_sent_at=NOW)
        assert tenants.notes == 2

    def test_of_what_is_known_already_is_not_written(self, world: World) -> None:
        world.install()
        tenants = Meddling(world, StoreUnavailableError("down"))
        services = replace(world.services, tenants=cast("Tenants", tenants))
        note_progress(TENANT, lambda known: known, services=services)
        note_progress("nobody", lambda known: known.with_first_sent(NOW), services=services)

        assert tenants.notes == 0


class TestTheFirstDelivery:
    def test_is_noted_and_later_ones_are_not(self, world: World) -> None:
        world.send(world.record_an_order())
        assert progress(world) == Progress(first_sent_at=NOW)
        world.clock.advance(timedelta(hours=1))
        later = world.receive(a_signal(an_order(id="order-2"))).record
        assert later is not None
        world.send(later)

        assert len(world.meta.sent) == 2
        assert progress(world) == Progress(first_sent_at=NOW)

    @pytest.mark.parametrize("verdict", [DOWN, REFUSED])
    def test_is_not_noted_when_it_did_not_arrive(self, world: World, verdict: Verdict) -> None:
        world.meta.script = [verdict]
        world.send(world.record_an_order())
        assert progress(world) == Progress()

    def test_is_made_even_where_it_cannot_be_noted(self, world: World) -> None:
        record = world.record_an_order()
        down = Meddling(world, StoreUnavailableError("down"))
        services = replace(world.services, tenants=cast("Tenants", down))
        result = send_event(TENANT, record.key, role=Role.PRIMARY, services=services)

        assert result.attempted is Attempted.FINISHED
        assert (world.row().status, down.notes) == (Status.SENT, 1)
        assert progress(world) == Progress()
