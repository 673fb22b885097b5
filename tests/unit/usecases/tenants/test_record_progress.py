"""Concurrent changes of the progress are all kept, and a delivery never fails because of one."""

from datetime import timedelta
from typing import cast

import pytest

from service.domain.copies import replace
from service.domain.delivery.verdict import Verdict
from service.domain.records.record import Status
from service.domain.tenants.progress import Progress, Verified, token_fingerprint
from service.domain.tenants.snippet_sites import SnippetSite
from service.domain.tenants.tenant import Role
from service.ports import Change, StoreUnavailableError, Tenants, Updated
from service.usecases.delivery.send_event import Attempted, send_event
from service.usecases.tenants.configure_tenant import configure_tenant
from service.usecases.tenants.record_progress import record_progress
from tests.builders import (
    DOWN,
    NOW,
    OLIVE,
    PIXEL,
    REFUSED,
    TENANT,
    TOKEN,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World

SENT = Verified(at=NOW, pixel_id=PIXEL, mark=token_fingerprint(f"{TOKEN}primary"))
FIRST = Progress(first_sent_at=NOW, tested={"primary": SENT})


def progress(world: World) -> Progress:
    tenant = world.services.tenants.find(TENANT)
    assert tenant is not None
    return tenant.progress


class Down:
    """A store of tenants that cannot be written."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants, self.tries = tenants, 0

    def update(self, tenant_id: str, change: Change) -> Updated:
        self.tries += 1
        raise StoreUnavailableError(tenant_id, change)

    def __getattr__(self, name: str) -> object:
        return getattr(self._tenants, name)


class TestAChange:
    def test_keeps_what_another_one_wrote(self, world: World) -> None:
        world.install()
        seen = Progress(snippet_sites=(SnippetSite(host="shop.example.com", seen_at=NOW),))
        record_progress(TENANT, lambda _: seen, services=world.services)
        record_progress(
            TENANT, lambda known: known.with_sent("primary", SENT), services=world.services
        )
        assert progress(world) == replace(seen, first_sent_at=NOW, tested={"primary": SENT})

    def test_of_a_tenant_that_is_unknown_is_not_written(self, world: World) -> None:
        record_progress(
            "nobody", lambda known: known.with_sent("primary", SENT), services=world.services
        )
        assert world.services.tenants.ids() == []


class TestTheFirstDelivery:
    def test_is_recorded_and_later_ones_are_not(self, world: World) -> None:
        world.send(world.record_an_order())
        assert progress(world) == FIRST
        world.clock.advance(timedelta(hours=1))
        later = world.receive(a_signal(an_order(id="order-2"))).record
        assert later is not None
        world.send(later)

        assert len(world.meta.sent) == 2
        assert progress(world) == FIRST

    def test_with_a_new_token_is_recorded(self, world: World) -> None:
        world.send(world.record_an_order())
        settings = some_settings()
        tokens = {Role.PRIMARY: "EAAnewer"}
        configure_tenant(TENANT, settings, tokens=tokens, by=OLIVE, services=world.services)
        later = world.receive(a_signal(an_order(id="order-2"))).record
        assert later is not None
        world.send(later)
        newer = replace(SENT, mark=token_fingerprint("EAAnewer"))
        assert progress(world) == replace(FIRST, tested={"primary": newer})

    @pytest.mark.parametrize("verdict", [DOWN, REFUSED])
    def test_is_not_recorded_when_it_failed(self, world: World, verdict: Verdict) -> None:
        world.meta.script = [verdict]
        world.send(world.record_an_order())
        assert progress(world) == Progress()

    def test_succeeds_even_if_it_cannot_be_recorded(self, world: World) -> None:
        record = world.record_an_order()
        down = Down(world.services.tenants)
        services = replace(world.services, tenants=cast("Tenants", down))
        result = send_event(TENANT, record.key, role=Role.PRIMARY, services=services)

        assert result.attempted is Attempted.FINISHED
        assert (world.row().status, down.tries) == (Status.SENT, 1)
        assert progress(world) == Progress()
