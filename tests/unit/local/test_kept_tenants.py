"""A tenant that SQLite's adapter keeps is never older than the one in the file."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from service.domain.tenants.tenant import Tenant
from service.local.file import SqliteFile
from service.local.tenants import SqliteTenants
from tests.builders import TENANT, some_settings
from tests.tenants import save_settings

PAUSED = some_settings(enabled=False)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "1pixel.db")


@pytest.fixture
def tenants(path: str) -> Iterator[SqliteTenants]:
    """Return tenants of whom one was saved, and is kept."""
    with closing(SqliteFile(path)) as file:
        tenants = SqliteTenants(file)
        save_settings(tenants, TENANT, some_settings())
        assert tenants.get_cached(TENANT) == Tenant(id=TENANT, choices=some_settings())
        yield tenants


def test_is_the_same_while_nothing_changes(tenants: SqliteTenants) -> None:
    save_settings(tenants, "other-winery", some_settings())

    assert tenants.get_cached(TENANT) is tenants.get_cached(TENANT)


def test_is_read_again_after_this_process_changed_it(tenants: SqliteTenants) -> None:
    save_settings(tenants, TENANT, PAUSED)

    assert tenants.get_cached(TENANT) == Tenant(id=TENANT, choices=PAUSED)


def test_is_read_again_after_another_process_changed_it(tenants: SqliteTenants, path: str) -> None:
    with closing(SqliteFile(path)) as other:
        save_settings(SqliteTenants(other), TENANT, PAUSED)

    assert tenants.get_cached(TENANT) == Tenant(id=TENANT, choices=PAUSED)


def test_is_gone_once_it_was_removed(tenants: SqliteTenants) -> None:
    assert tenants.remove(TENANT, only_if=lambda _: True)

    assert tenants.get_cached(TENANT) is None


def test_is_known_if_it_was_asked_for_before_it_came(tenants: SqliteTenants) -> None:
    assert tenants.get_cached("other-winery") is None
    save_settings(tenants, "other-winery", PAUSED)

    assert tenants.get_cached("other-winery") == Tenant(id="other-winery", choices=PAUSED)


def test_makes_room_for_others(path: str) -> None:
    with closing(SqliteFile(path)) as file:
        tenants = SqliteTenants(file, most=1)
        for tenant_id in (TENANT, "other-winery"):
            save_settings(tenants, tenant_id, some_settings())
        before = tenants.get_cached(TENANT)
        tenants.get_cached("other-winery")
        after = tenants.get_cached(TENANT)

    assert before == after
    assert before is not after
