"""What every store of tenants must do with their sealed tokens. Runs on each engine."""

from service.domain.tenants.tenant import Role, Tenant
from service.ports import Tenants
from tests.builders import TENANT, some_settings
from tests.tenants import remove_tokens, save_settings, save_token


class TestSealedToken:
    def test_is_kept_apart_by_tenant_and_role(self, tenants: Tenants) -> None:
        save_token(tenants, TENANT, Role.PRIMARY, "mine")
        save_token(tenants, "other-winery", Role.PRIMARY, "theirs")

        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "mine"
        assert tenants.sealed_token("other-winery", Role.PRIMARY) == "theirs"
        assert tenants.sealed_token(TENANT, Role.SECONDARY) is None

    def test_is_overwritten(self, tenants: Tenants) -> None:
        save_token(tenants, TENANT, Role.PRIMARY, "old")
        save_token(tenants, TENANT, Role.PRIMARY, "new")

        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "new"

    def test_is_forgotten_and_leaves_the_other_roles(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        for tenant_id in (TENANT, "other-winery"):
            for role in Role:
                save_token(tenants, tenant_id, role, "sealed")
        for _ in range(2):
            remove_tokens(tenants, TENANT, Role.SECONDARY)
        remove_tokens(tenants, "nobody", Role.PRIMARY)

        assert [tenants.sealed_token(TENANT, role) for role in Role] == ["sealed", None]
        assert [tenants.sealed_token("other-winery", role) for role in Role] == ["sealed"] * 2
        assert tenants.ids() == [TENANT]

    def test_is_forgotten_with_those_of_the_other_role_and_of_no_other_tenant(
        self, tenants: Tenants
    ) -> None:
        save_settings(tenants, TENANT, some_settings())
        for tenant_id in (TENANT, "other-winery"):
            for role in Role:
                save_token(tenants, tenant_id, role, "sealed")
        for _ in range(2):
            remove_tokens(tenants, TENANT)

        assert [tenants.sealed_token(TENANT, role) for role in Role] == [None, None]
        assert [tenants.sealed_token("other-winery", role) for role in Role] == ["sealed"] * 2
        assert tenants.find(TENANT) == Tenant(id=TENANT, choices=some_settings())

    def test_is_changed_from_what_it_is_at_that_moment(self, tenants: Tenants) -> None:
        seen: list[str | None] = []

        def change(there: str | None) -> str | None:
            seen.append(there)
            return "two" if there == "one" else there

        assert not tenants.update_token(TENANT, Role.PRIMARY, change)
        save_token(tenants, TENANT, Role.PRIMARY, "one")
        assert tenants.update_token(TENANT, Role.PRIMARY, change)
        assert not tenants.update_token(TENANT, Role.PRIMARY, change)
        assert not tenants.update_token(TENANT, Role.SECONDARY, change)
        assert seen == [None, "one", "two", None]
        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "two"
