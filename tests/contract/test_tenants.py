"""What every store of tenants must do. One parameter per engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.domain.event import EventName
from service.domain.order import Channel
from service.domain.tenant import Role, Tenant, TenantSettings
from service.local.store import SqliteFile, SqliteTenants
from service.ports import Tenants
from tests.builders import TENANT, some_settings, two_pixels


@pytest.fixture(params=["sqlite"])
def tenants(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tenants]:
    assert request.param == "sqlite"
    file = SqliteFile(str(tmp_path / "contract.db"))
    yield SqliteTenants(file)
    file.close()


class TestSettings:
    def test_are_none_for_a_tenant_nobody_saved(self, tenants: Tenants) -> None:
        assert tenants.find(TENANT) is None

    @pytest.mark.parametrize(
        "settings",
        [
            TenantSettings(),
            some_settings(
                pixels=two_pixels(),
                events={EventName.LEAD: False},
                channels={Channel.POS: False},
                value_rule="subtotal",
            ),
        ],
    )
    def test_come_back_as_saved(self, tenants: Tenants, settings: TenantSettings) -> None:
        tenants.save_settings(TENANT, settings)

        assert tenants.find(TENANT) == Tenant(id=TENANT, choices=settings)
        assert tenants.find("other-winery") is None

    def test_are_overwritten(self, tenants: Tenants) -> None:
        tenants.save_settings(TENANT, some_settings())
        tenants.save_settings(TENANT, some_settings(enabled=False))

        found = tenants.find(TENANT)
        assert found is not None
        assert found.choices == some_settings(enabled=False)


class TestSealedToken:
    def test_is_kept_apart_by_tenant_and_role(self, tenants: Tenants) -> None:
        tenants.save_sealed_token(TENANT, Role.PRIMARY, "mine")
        tenants.save_sealed_token("other-winery", Role.PRIMARY, "theirs")

        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "mine"
        assert tenants.sealed_token("other-winery", Role.PRIMARY) == "theirs"
        assert tenants.sealed_token(TENANT, Role.SECONDARY) is None

    def test_is_overwritten(self, tenants: Tenants) -> None:
        tenants.save_sealed_token(TENANT, Role.PRIMARY, "old")
        tenants.save_sealed_token(TENANT, Role.PRIMARY, "new")

        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "new"


class TestIds:
    def test_are_those_of_all_tenants_in_order(self, tenants: Tenants) -> None:
        assert tenants.ids() == []
        for tenant_id in ("b-winery", "a-winery"):
            tenants.save_settings(tenant_id, some_settings())

        assert tenants.ids() == ["a-winery", "b-winery"]


class TestRemove:
    def test_forgets_settings_and_tokens_of_this_tenant_alone(self, tenants: Tenants) -> None:
        for tenant_id in (TENANT, "other-winery"):
            tenants.save_settings(tenant_id, some_settings())
            tenants.save_sealed_token(tenant_id, Role.PRIMARY, "sealed")

        for _ in range(2):
            tenants.remove(TENANT)

        assert tenants.find(TENANT) is None
        assert tenants.sealed_token(TENANT, Role.PRIMARY) is None
        assert tenants.ids() == ["other-winery"]
        assert tenants.sealed_token("other-winery", Role.PRIMARY) == "sealed"
