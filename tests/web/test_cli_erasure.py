"""An operator erases a customer, and changes the encryption keys."""

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from service.domain.copies import replace
from service.domain.tenants.tenant import Role
from service.infra.vault import KeyedVault
from service.usecases.delivery.send_event import Attempted
from service.usecases.intake.receive_signal import Receipt
from tests.apps import started_app
from tests.builders import CUSTOMER_ID, TENANT, a_registration, a_signal, an_order
from tests.conftest import World

EMAIL = "casey@example.com"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def run(app: Flask, *args: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(args))
    return result.exit_code, result.output


def erase(app: Flask, *args: str, tenant_id: str = TENANT) -> tuple[int, str]:
    return run(app, "customer", "erase", tenant_id, *args)


def under_keys(world: World, *keys: str) -> tuple[Flask, World]:
    """Return the app and its world as they are after a restart with these keys."""
    services = replace(world.services, vault=KeyedVault(keys))
    return started_app(services), replace(world, services=services)


def waiting(world: World, tenant_id: str = TENANT) -> int:
    return len(world.services.events.open(tenant_id, after=None, limit=100))


class TestCustomerErase:
    @pytest.mark.parametrize(
        "args",
        [
            ("--email", EMAIL),
            ("--email", " CASEY@Example.com "),
            ("--customer-id", CUSTOMER_ID),
            ("--customer-id", CUSTOMER_ID.lower()),
            ("--email", EMAIL, "--customer-id", CUSTOMER_ID),
            ("--email", "nobody@example.com", "--customer-id", CUSTOMER_ID),
        ],
    )
    def test_erases_the_named_customer(
        self, app: Flask, world: World, args: tuple[str, ...]
    ) -> None:
        world.install()
        world.receive(a_signal(an_order()))
        world.receive(a_signal(a_registration()))

        assert erase(app, *args) == (0, "2 waiting events of this person are erased.\n")
        assert waiting(world) == 0
        assert world.receive(a_signal(an_order())).receipt is Receipt.DUPLICATE
        assert erase(app, *args) == (0, "0 waiting events of this person are erased.\n")

    def test_erases_no_other_customer(self, app: Flask, world: World) -> None:
        for tenant_id in (TENANT, "other-winery"):
            world.install(tenant_id=tenant_id)
            world.receive(a_signal(an_order()), tenant_id=tenant_id)
        code, output = erase(app, "--email", "robin@example.com", "--customer-id", "robin-1")
        assert (code, output) == (0, "0 waiting events of this person are erased.\n")
        erase(app, "--email", EMAIL)
        assert (waiting(world), waiting(world, "other-winery")) == (0, 1)

    @pytest.mark.parametrize("args", [(), ("--email", ""), ("--email", "", "--customer-id", "")])
    def test_needs_an_email_or_an_id(self, app: Flask, world: World, args: tuple[str, ...]) -> None:
        world.install()
        world.receive(a_signal(an_order()))
        code, output = erase(app, *args)
        assert code == 2
        assert "name the person by --email, by --customer-id, or by both" in output
        assert waiting(world) == 1

    @pytest.mark.parametrize("email", ["casey", "casey@", "@example.com", " ", "a@b", "a@b@c.com"])
    def test_refuses_a_malformed_address(self, app: Flask, world: World, email: str) -> None:
        world.install()
        world.receive(a_signal(an_order()))
        code, output = erase(app, "--email", email, "--customer-id", CUSTOMER_ID)
        assert code == 2
        assert "this is no e-mail address" in output
        assert "--email" in output
        assert waiting(world) == 1

    def test_of_an_unknown_winery_is_an_error(self, app: Flask, world: World) -> None:
        world.install()
        code, output = erase(app, "--email", EMAIL, tenant_id="nobody")
        assert code == 1
        assert "there is no tenant nobody" in output
        code, output = erase(app, "--email", EMAIL, tenant_id="../etc")
        assert code == 2
        assert "lower-case letters" in output

    def test_prints_no_personal_data(self, app: Flask, world: World) -> None:
        world.install()
        world.receive(a_signal(an_order()))
        _, output = erase(app, "--email", EMAIL, "--customer-id", CUSTOMER_ID)
        assert "casey" not in output.lower()
        assert CUSTOMER_ID not in output


class TestTenantReencrypt:
    def test_makes_the_older_keys_needless(self, world: World) -> None:
        _, old = under_keys(world, OLD)
        old.install(tenant_id="other-winery")
        record = old.record_an_order()

        both, _ = under_keys(world, NEW, OLD)
        assert run(both, "tenant", "reencrypt") == (
            0,
            (
                f"{TENANT}: 2 encrypted anew, 0 unreadable.\n"
                "other-winery: 1 encrypted anew, 0 unreadable.\n"
            ),
        )
        _, new = under_keys(world, NEW)
        assert new.send(record).attempted is Attempted.FINISHED
        sealed = world.services.tenants.sealed_token("other-winery", Role.PRIMARY)
        assert KeyedVault([NEW]).unseal("other-winery", sealed or "")

    def test_says_when_an_older_key_is_still_needed(self, world: World) -> None:
        _, old = under_keys(world, OLD)
        old.record_an_order()
        _, new = under_keys(world, NEW)
        new.install(tenant_id="other-winery")

        app, _ = under_keys(world, NEW)
        code, output = run(app, "tenant", "reencrypt")
        assert code == 1
        assert f"{TENANT}: 0 encrypted anew, 2 unreadable.\n" in output
        assert "other-winery: 1 encrypted anew, 0 unreadable.\n" in output
        assert "keep the older keys" in output

    def test_without_tenants_does_nothing(self, app: Flask) -> None:
        assert run(app, "tenant", "reencrypt") == (0, "")

    def test_prints_no_sealed_data(self, world: World) -> None:
        app, here = under_keys(world, NEW, OLD)
        here.record_an_order()
        _, output = run(app, "tenant", "reencrypt")
        assert "EAA" not in output
        assert "gAAAA" not in output
