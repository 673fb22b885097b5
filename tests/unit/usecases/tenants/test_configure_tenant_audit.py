"""Every save of settings makes an audit entry, without secrets."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from service.domain.shop.public_settings import Shop
from service.domain.shop.staff import OPERATOR, StaffMember
from service.domain.tenants.audit import AuditEntry, Change
from service.domain.tenants.tenant import Role, TenantSettings
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.builders import NOW, OLIVE, PIXEL, TENANT, some_settings
from tests.conftest import World
from tests.tenants import save_shop

SECRET = "EAAmarkedsecretofthewinery"
NEW_TOKEN = Change(name="pixels.primary.token")


def save(
    world: World,
    settings: TenantSettings,
    *,
    tokens: Mapping[Role, str] | None = None,
    by: StaffMember = OLIVE,
) -> None:
    configure_tenant(TENANT, settings, tokens=tokens or {}, by=by, services=world.services)


def entries(world: World, tenant_id: str = TENANT) -> Sequence[AuditEntry]:
    return world.services.audit.newest(tenant_id, limit=100)


def file_content(path: Path) -> bytes:
    return path.read_bytes() + path.with_suffix(".db-wal").read_bytes()


class TestAnEntry:
    def test_says_who_did_what_when(self, world: World) -> None:
        save(world, some_settings())
        world.clock.advance(timedelta(minutes=3))
        save(world, some_settings(currency="EUR"))

        assert entries(world)[0] == AuditEntry(
            at=NOW + timedelta(minutes=3),
            who="Olive Owner",
            who_id="user-1",
            changes=(Change(name="currency", before='"USD"', after='"EUR"'),),
        )

    def test_may_be_of_the_operator(self, world: World) -> None:
        save(world, some_settings(), by=OPERATOR)
        (entry,) = entries(world)
        assert (entry.who, entry.who_id) == ("1Pixel support", "")

    def test_of_the_first_settings_says_what_they_are(self, world: World) -> None:
        save(world, some_settings(shop_domains=()))
        assert [change.name for change in entries(world)[0].changes] == [
            "currency",
            "pixels.primary.id",
        ]
        assert entries(world)[0].changes[1].after == f'"{PIXEL}"'

    def test_is_not_made_where_nothing_changed(self, world: World) -> None:
        for _ in range(3):
            save(world, some_settings())
        assert len(entries(world)) == 1

    def test_is_of_one_winery_alone(self, world: World) -> None:
        save(world, some_settings())
        assert entries(world, "other-winery") == []

    def test_compares_with_the_choices_and_not_with_the_shops_facts(self, world: World) -> None:
        world.install(some_settings(currency=None))
        save_shop(world.services.tenants, TENANT, Shop(currency="USD"), due_at=NOW)
        save(world, some_settings(currency="USD"))
        assert entries(world)[0].changes == (Change(name="currency", before="null", after='"USD"'),)


class TestAToken:
    def test_is_named_but_its_text_is_not_recorded(self, world: World) -> None:
        save(world, some_settings(), tokens={Role.PRIMARY: SECRET})
        assert entries(world)[0].changes[-1] == NEW_TOKEN
        assert SECRET not in repr(entries(world))
        assert SECRET[-4:] not in repr(entries(world))
        assert SECRET.encode() not in file_content(world.file)
        assert b"pixels.primary.token" in file_content(world.file)

    def test_is_a_change_even_if_it_is_the_only_one_or_the_same(self, world: World) -> None:
        save(world, some_settings())
        for _ in range(2):
            save(world, some_settings(), tokens={Role.PRIMARY: SECRET})
        assert [entry.changes for entry in entries(world)[:2]] == [(NEW_TOKEN,)] * 2


def test_a_change_that_failed_half_way_is_recorded_all_the_same(world: World) -> None:
    with pytest.raises(UnicodeEncodeError):
        save(world, some_settings(), tokens={Role.PRIMARY: "\ud800"})
    assert world.services.tenants.find(TENANT) is None
    assert entries(world)[0].changes[-1] == NEW_TOKEN
