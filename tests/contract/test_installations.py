"""What every store of tenants must do about installations. Runs on each engine."""

from datetime import timedelta, timezone

import pytest

from service.domain.shop.public_settings import Shop
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Due, Role, Tenant, TenantSettings
from service.ports import Tenants
from tests.builders import NOW, TENANT, some_settings
from tests.tenants import forget, save_installation, save_settings, save_shop, save_token

LATER = NOW + timedelta(hours=1)


class TestAnInstallation:
    def test_is_active_by_default(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        found = tenants.find(TENANT)
        assert found is not None
        assert found.installation == Installation()

    @pytest.mark.parametrize(
        "installation",
        [
            Installation(),
            Installation(state=InstallState.PENDING, check_at=NOW, purge_at=LATER),
            Installation(state=InstallState.HELD, is_leaving=True, check_at=LATER, checks=7),
            Installation(state=InstallState.REMOVED, purge_at=LATER),
        ],
    )
    def test_makes_a_tenant_and_comes_back_as_saved(
        self, tenants: Tenants, installation: Installation
    ) -> None:
        save_installation(tenants, TENANT, installation)
        assert tenants.find(TENANT) == Tenant(
            id=TENANT, choices=TenantSettings(), installation=installation
        )
        assert tenants.ids() == [TENANT]

    def test_leaves_settings_shop_and_tokens_alone(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, Shop(currency="EUR"), due_at=LATER)
        save_token(tenants, TENANT, Role.PRIMARY, "sealed")
        held = Installation(state=InstallState.HELD, check_at=NOW)
        save_installation(tenants, TENANT, held)

        assert tenants.find(TENANT) == Tenant(
            id=TENANT,
            choices=some_settings(),
            shop=Shop(currency="EUR"),
            shop_due_at=LATER,
            installation=held,
        )
        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "sealed"

    def test_is_left_alone_by_settings_and_shop(self, tenants: Tenants) -> None:
        held = Installation(state=InstallState.HELD, check_at=NOW)
        save_installation(tenants, TENANT, held)
        save_settings(tenants, TENANT, some_settings())
        save_shop(tenants, TENANT, Shop(), due_at=LATER)

        found = tenants.find(TENANT)
        assert found is not None
        assert (found.installation, found.choices) == (held, some_settings())
        assert tenants.due(Due.INSTALLATION, now=NOW, limit=9) == [TENANT]


class TestInstallationsDue:
    def test_are_those_with_something_to_do_the_longest_due_first(self, tenants: Tenants) -> None:
        kiritimati = timezone(timedelta(hours=14))
        for tenant_id, installation in {
            "d-never": Installation(),
            "c-check": Installation(check_at=NOW),
            "b-purge": Installation(purge_at=NOW - timedelta(hours=1)),
            "a-both": Installation(check_at=LATER, purge_at=NOW),
            "e-later": Installation(check_at=LATER),
            "f-zone": Installation(check_at=(NOW - timedelta(hours=2)).astimezone(kiritimati)),
        }.items():
            save_installation(tenants, tenant_id, installation)
        save_settings(tenants, "g-operators", some_settings())

        due = ["f-zone", "b-purge", "a-both", "c-check"]
        assert tenants.due(Due.INSTALLATION, now=NOW, limit=9) == due
        assert tenants.due(Due.INSTALLATION, now=NOW, limit=2) == due[:2]

    def test_are_no_longer_due_once_that_is_done(self, tenants: Tenants) -> None:
        for tenant_id in (TENANT, "gone"):
            save_installation(tenants, tenant_id, Installation(check_at=NOW))
        save_installation(tenants, TENANT, Installation())
        forget(tenants, "gone")
        assert tenants.due(Due.INSTALLATION, now=LATER, limit=9) == []
