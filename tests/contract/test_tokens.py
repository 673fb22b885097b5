"""What every store of tenants must do with their sealed tokens. One parameter per engine."""

from service.domain.tenant import Role, Tenant
from service.ports import Tenants
from tests.builders import TENANT, some_settings


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

    def test_is_forgotten_and_leaves_the_other_roles(self, tenants: Tenants) -> None:
        tenants.save_settings(TENANT, some_settings())
        for tenant_id in (TENANT, "other-winery"):
            for role in Role:
                tenants.save_sealed_token(tenant_id, role, "sealed")
        for _ in range(2):
            tenants.remove_token(TENANT, Role.SECONDARY)
        tenants.remove_token("nobody", Role.PRIMARY)

        assert [tenants.sealed_token(TENANT, role) for role in Role] == ["sealed", None]
        assert [tenants.sealed_token("other-winery", role) for role in Role] == ["sealed"] * 2
        assert tenants.ids() == [TENANT]

    def test_is_forgotten_with_those_of_the_other_role_and_of_no_other_tenant(
        self, tenants: Tenants
    ) -> None:
        tenants.save_settings(TENANT, some_settings())
        for tenant_id in (TENANT, "other-winery"):
            for role in Role:
                tenants.save_sealed_token(tenant_id, role, "sealed")
        for _ in range(2):
            tenants.remove_tokens(TENANT)

        assert [tenants.sealed_token(TENANT, role) for role in Role] == [None, None]
        assert [tenants.sealed_token("other-winery", role) for role in Role] == ["sealed"] * 2
        assert tenants.find(TENANT) == Tenant(id=TENANT, choices=some_settings())

    def test_is_replaced_over_the_one_that_was_read_alone(self, tenants: Tenants) -> None:
        tenants.save_sealed_token(TENANT, Role.PRIMARY, "one")
        replace_token = tenants.replace_sealed_token
        assert not replace_token(TENANT, Role.PRIMARY, "three", over="two")
        assert not replace_token(TENANT, Role.SECONDARY, "three", over="one")
        assert not replace_token("other-winery", Role.PRIMARY, "three", over="one")
        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "one"
        assert replace_token(TENANT, Role.PRIMARY, "two", over="one")
        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "two"
