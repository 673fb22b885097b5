"""Installs and uninstalls, reported with or without Commerce7's login."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.domain.tenants.installation import InstallState
from service.ports import Refusal, ShopError
from service.usecases.tenants.check_installation import check_installation
from tests.apps import app_settings, started_app
from tests.builders import TENANT
from tests.conftest import World

SAMPLES = Path(__file__).parents[2] / "vectors" / "commerce7"
LOGIN = ("sandbox-app", "sandbox-secret")


def state(world: World, tenant_id: str = TENANT) -> InstallState | None:
    tenant = world.services.tenants.find(tenant_id)
    return tenant.installation.state if tenant else None


def check(world: World) -> None:
    check_installation(TENANT, now=world.clock(), services=world.services)


class TestInstall:
    def test_with_the_login_is_active_at_once(self, client: FlaskClient, world: World) -> None:
        body = (SAMPLES / "lifecycle_install.json").read_bytes()
        tenant_id = json.loads(body)["tenantId"]
        answer = client.post("/auth/install", data=body, auth=LOGIN)
        assert (answer.status_code, answer.json) == (200, {"result": "active"})
        assert state(world, tenant_id) is InstallState.ACTIVE
        assert world.shops.asked == []

    def test_unproven_is_pending_until_commerce7_accepts_our_key(
        self, client: FlaskClient, world: World
    ) -> None:
        answer = client.post("/auth/install", json={"tenantId": TENANT})
        assert (answer.status_code, answer.json) == (200, {"result": "pending"})
        assert state(world) is InstallState.PENDING
        check(world)
        assert state(world) is InstallState.ACTIVE

    def test_with_another_login_is_as_good_as_one_without(
        self, client: FlaskClient, world: World
    ) -> None:
        answer = client.post("/auth/install", json={"tenantId": TENANT}, auth=("old", "secret"))
        assert (answer.status_code, answer.json) == (200, {"result": "pending"})
        check(world)
        assert state(world) is InstallState.ACTIVE

    def test_unproven_stays_pending_while_commerce7_refuses(
        self, client: FlaskClient, world: World
    ) -> None:
        client.post("/auth/install", json={"tenantId": TENANT})
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        check(world)
        assert state(world) is InstallState.PENDING

    @pytest.mark.parametrize("auth", [None, LOGIN])
    def test_again_changes_nothing(
        self, client: FlaskClient, world: World, auth: tuple[str, str] | None
    ) -> None:
        world.install()
        before = world.services.tenants.find(TENANT)
        for _ in range(2):
            client.post("/auth/install", json={"tenantId": TENANT}, auth=auth)
        assert world.services.tenants.find(TENANT) == before

    def test_keeps_nothing_of_the_person_who_installed(
        self, client: FlaskClient, world: World
    ) -> None:
        user = {"id": "u1", "firstName": "Markedfirst", "email": "marked@example.com"}
        client.post("/auth/install", json={"tenantId": TENANT, "user": user, "token": "EAAmarked"})
        content = world.file.read_bytes() + world.file.with_suffix(".db-wal").read_bytes()
        assert TENANT.encode() in content
        assert b"marked" not in content.lower()


class TestUninstall:
    def test_is_checked_first(self, client: FlaskClient, world: World) -> None:
        world.install()
        body = (SAMPLES / "lifecycle_uninstall.json").read_bytes()
        assert json.loads(body)["tenantId"] == TENANT
        answer = client.post("/auth/uninstall", data=body)
        assert (answer.status_code, answer.json) == (200, {"result": "noted"})
        assert state(world) is InstallState.ACTIVE
        check(world)
        assert state(world) is InstallState.ACTIVE  # Commerce7 accepts our key: a false report

    @pytest.mark.parametrize("auth", [None, LOGIN])
    def test_is_real_when_commerce7_refuses_us(
        self, client: FlaskClient, world: World, auth: tuple[str, str] | None
    ) -> None:
        world.install()
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        client.post("/auth/uninstall", json={"tenantId": TENANT}, auth=auth)
        check(world)
        assert state(world) is InstallState.REMOVED

    def test_of_a_winery_that_we_do_not_know_is_a_success(
        self, client: FlaskClient, world: World
    ) -> None:
        assert client.post("/auth/uninstall", json={"tenantId": TENANT}).status_code == 200
        assert state(world) is None


@pytest.mark.parametrize("path", ["/auth/install", "/auth/uninstall"])
class TestBoth:
    @pytest.mark.parametrize("auth", [("sandbox-app", "wrong"), ("sandbox", "sandbox"), ("", "")])
    def test_check_a_call_with_another_login(
        self,
        client: FlaskClient,
        world: World,
        caplog: pytest.LogCaptureFixture,
        path: str,
        auth: tuple[str, str],
    ) -> None:
        client.post("/auth/install", json={"tenantId": TENANT})
        check(world)
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        assert client.post(path, json={"tenantId": TENANT}, auth=auth).status_code == 200
        assert state(world) is InstallState.ACTIVE
        assert [each.msg for each in caplog.records if each.levelname == "ERROR"] == [
            "install.wrong_login"
        ]

    @pytest.mark.parametrize("auth", [None, ("sandbox-app", "wrong")])
    def test_refuse_every_other_login_if_configured(
        self, world: World, path: str, auth: tuple[str, str] | None
    ) -> None:
        settings = app_settings(C7_REQUIRE_INSTALL_AUTH="true")
        client = started_app(world.services, settings).test_client()
        assert client.post(path, json={"tenantId": TENANT}, auth=auth).status_code == 401
        assert state(world) is None

    def test_need_the_login_if_configured(self, world: World, path: str) -> None:
        settings = app_settings(C7_REQUIRE_INSTALL_AUTH="true")
        client = started_app(world.services, settings).test_client()
        body = {"tenantId": TENANT}
        assert client.post(path, json=body).status_code == 401
        assert client.post(path, json=body, auth=LOGIN).status_code == 200

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"", 400),
            (b"{", 400),
            (b"[]", 422),
            (b"{}", 422),
            (b'{"tenantId": "../x"}', 422),
            (b'{"tenantId": ["a"]}', 422),
            (b'{"tenantId": "' + b"a" * 70_000 + b'"}', 413),
        ],
    )
    def test_refuse_a_body_without_a_winery(
        self, client: FlaskClient, path: str, body: bytes, status: int
    ) -> None:
        assert client.post(path, data=body).status_code == status

    def test_refuse_a_flood_of_unproven_calls_but_not_the_login(
        self, client: FlaskClient, world: World, path: str
    ) -> None:
        statuses = [
            client.post(path, json={"tenantId": f"winery-{n}"}).status_code for n in range(70)
        ]
        assert statuses == [200] * 60 + [503] * 10
        assert client.post(path, json={"tenantId": TENANT}, auth=LOGIN).status_code == 200
        assert len(world.services.tenants.ids()) <= 61
