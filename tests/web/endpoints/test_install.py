"""Installs and uninstalls, reported with or without Commerce7's login."""

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from flask.testing import FlaskClient

from service.domain.tenants.installation import Installation, InstallState
from service.ports import Refusal, ShopError
from service.usecases.task_bodies import RESOLVE_PATH, CheckInstallation
from service.usecases.tenants.check_installation import check_installation
from tests.apps import app_settings, started_app
from tests.builders import TENANT
from tests.conftest import World
from tests.fakes import OneCaller
from tests.tenants import save_installation

SAMPLES = Path(__file__).parents[2] / "vectors" / "commerce7"
LOGIN = ("sandbox-app", "sandbox-secret")
NOTED = {"result": "noted"}


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
        assert (answer.status_code, answer.json) == (200, NOTED)
        assert state(world, tenant_id) is InstallState.ACTIVE
        assert world.shops.asked == []

    def test_unproven_is_pending_until_commerce7_accepts_our_key(
        self, client: FlaskClient, world: World
    ) -> None:
        answer = client.post("/auth/install", json={"tenantId": TENANT})
        assert (answer.status_code, answer.json) == (200, NOTED)
        assert state(world) is InstallState.PENDING
        check(world)
        assert state(world) is InstallState.ACTIVE

    def test_with_another_login_is_as_good_as_one_without(
        self, client: FlaskClient, world: World
    ) -> None:
        answer = client.post("/auth/install", json={"tenantId": TENANT}, auth=("old", "secret"))
        assert (answer.status_code, answer.json) == (200, NOTED)
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
        assert (answer.status_code, answer.json) == (200, NOTED)
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

    def test_answer_the_same_whatever_the_winery_is(
        self, client: FlaskClient, world: World, path: str
    ) -> None:
        for state in InstallState:
            due = Installation(state=state, check_at=world.clock(), purge_at=world.clock())
            save_installation(world.services.tenants, state, due)
        answers = [
            client.post(path, json={"tenantId": each}, auth=auth)
            for each in ("unknown", *InstallState)
            for auth in (None, LOGIN)
        ]
        told = {(each.status_code, each.data, str(each.headers)) for each in answers}
        assert len(told) == 1
        assert answers[0].json == NOTED
        assert world.shops.asked == []

    def test_refuse_a_flood_from_one_network_but_no_login_and_no_other_network(
        self, client: FlaskClient, world: World, path: str
    ) -> None:
        def tell(number: int, address: str) -> int:
            body, environ = {"tenantId": f"winery-{number}"}, {"REMOTE_ADDR": address}
            return client.post(path, json=body, environ_overrides=environ).status_code

        statuses = [tell(n, f"2001:db8::{n}") for n in range(70)]
        assert statuses == [200] * 60 + [503] * 10
        assert tell(70, "2001:db8:0:1::1") == tell(71, "203.0.113.7") == 200
        assert client.post(path, json={"tenantId": TENANT}, auth=LOGIN).status_code == 200
        assert len(world.services.tenants.ids()) <= 63

    def test_take_a_flood_about_one_winery_for_the_report_that_it_repeats(
        self, client: FlaskClient, world: World, path: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.install()
        caplog.set_level("INFO")
        answers = [
            client.post(
                path, json={"tenantId": TENANT}, environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"}
            )
            for n in range(200)
        ]
        assert {each.status_code for each in answers} == {200}
        assert sum(each.msg.endswith("install.recorded") for each in caplog.records) == 10


class TestAnInventedWinery:
    """A stranger reports installs of a winery that Commerce7 does not let us in for."""

    @pytest.fixture(autouse=True)
    def _refuse(self, world: World) -> None:
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)

    def run_check(self, client: FlaskClient) -> None:
        body = msgspec.json.encode(CheckInstallation(tenant_id=TENANT))
        headers = {"Authorization": f"Bearer {OneCaller.token}"}
        assert client.post(RESOLVE_PATH, data=body, headers=headers).status_code == 200

    def install_for(self, minutes: int, client: FlaskClient, world: World) -> None:
        for _ in range(2 * minutes):
            client.post("/auth/install", json={"tenantId": TENANT})
            self.run_check(client)
            world.clock.advance(timedelta(seconds=30))

    def test_costs_one_question_in_ten_minutes_however_often_it_is_reported(
        self, client: FlaskClient, world: World
    ) -> None:
        self.install_for(65, client, world)
        assert len(world.shops.asked) == 7

    def test_is_forgotten_ten_minutes_after_the_last_report(
        self, client: FlaskClient, world: World
    ) -> None:
        client.post("/auth/install", json={"tenantId": TENANT})
        for _ in range(2):
            self.run_check(client)
            world.clock.advance(timedelta(minutes=10))
        assert state(world) is None
        assert len(world.shops.asked) == 2

    @pytest.mark.parametrize("minutes", [1, 9, 11, 15, 25])
    def test_that_installs_us_after_all_is_known_soon(
        self, client: FlaskClient, world: World, minutes: int
    ) -> None:
        self.install_for(minutes, client, world)
        del world.shops.refusals["check_access"]
        client.post("/auth/install", json={"tenantId": TENANT})
        world.clock.advance(timedelta(minutes=10))
        self.run_check(client)
        assert state(world) is InstallState.ACTIVE
