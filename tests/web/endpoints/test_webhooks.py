import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from requests.auth import _basic_auth_str

from service.domain.records.record import Status
from service.domain.tenants.installation import Installation, InstallState
from service.infra.logs import JsonLines
from service.usecases.intake.receive_signal import MOST_UNPROVEN
from tests.apps import app_settings, started_app
from tests.builders import NOW, TENANT, a_waiting_record
from tests.conftest import GRACE, World
from tests.tenants import save_installation

URL = "/webhooks/commerce7"
BASIC = ("sandbox", "sandbox")
ORDER = (
    Path(__file__).parents[2] / "vectors" / "commerce7" / "01_order_create_web.json"
).read_bytes()


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.msg for each in caplog.records if each.levelname == "ERROR"]


class TestWhoMayCall:
    @pytest.mark.parametrize("user", [f"user-{year}" for year in range(2021, 2027)])
    def test_whoever_has_one_of_our_logins_old_or_new(self, world: World, user: str) -> None:
        world.install()
        logins = ",".join(f"user-{year}:secret:{year}" for year in range(2021, 2027))
        client = started_app(world.services, app_settings(C7_WEBHOOK_USERS=logins)).test_client()
        answer = client.post(URL, data=ORDER, auth=(user, f"secret:{user[-4:]}"))

        assert answer.json == {"result": "recorded"}
        assert world.row().status is Status.QUEUED


class TestALoginThatIsNotOurs:
    @pytest.mark.parametrize(
        "header",
        [
            _basic_auth_str("sandbox", "wrong"),
            _basic_auth_str("wrong", "sandbox"),
            _basic_auth_str("", ""),
            _basic_auth_str("sandböx", "sandbox"),
            "",
            "Basic",
            "Basic !!",
            "Bearer sandbox",
            "Basic c2FuZGJveA==",
            'Digest username="sandbox", password="sandbox"',
        ],
    )
    def test_proves_nothing_and_refuses_nothing(
        self, client: FlaskClient, world: World, header: str
    ) -> None:
        world.install()
        answer = client.post(URL, data=ORDER, headers={"Authorization": header})

        assert (answer.status_code, answer.json) == (200, {"result": "recorded"})
        assert (world.row().status, world.row().payload) == (Status.RECEIVED, None)
        assert [task.path for task in world.queue.tasks] == ["/tasks/resolve"]

    def test_is_an_alarm_that_names_the_winery(
        self, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.install()
        client.post(URL, data=ORDER, auth=("sandbox", "old secret"))
        (line,) = [
            json.loads(JsonLines().format(each))
            for each in caplog.records
            if each.levelname == "ERROR"
        ]
        assert (line["message"], line["tenant"]) == ("webhook.wrong_login", TENANT)
        assert "secret" not in str(line)

    def test_is_none_where_there_is_no_login_or_ours(
        self, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.install()
        client.post(URL, data=ORDER)
        client.post(URL, data=ORDER, auth=BASIC)
        assert alarms(caplog) == []

    def test_raises_few_alarms_in_a_flood(
        self, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.install()
        for number in range(50):
            body = ORDER.replace(TENANT.encode(), f"winery-{number}".encode())
            client.post(URL, data=body, auth=("sandbox", "wrong"))
        assert alarms(caplog) == ["webhook.wrong_login"] * 5
        world.clock.advance(timedelta(minutes=1))
        client.post(URL, data=ORDER, auth=("sandbox", "wrong"))
        assert len(alarms(caplog)) == 6


class TestAnUnprovenWebhook:
    def test_is_recorded_without_its_data_and_looked_up(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        answer = client.post(URL, data=ORDER)

        assert (answer.status_code, answer.json) == (200, {"result": "recorded"})
        record = world.row()
        assert (record.status, record.payload, record.custom) == (Status.RECEIVED, None, None)
        assert [task.path for task in world.queue.tasks] == ["/tasks/resolve"]

    def test_of_an_unknown_winery_is_ignored(self, client: FlaskClient) -> None:
        assert client.post(URL, data=ORDER).json == {"result": "ignored"}


class TestWhatIsAnswered:
    def test_recorded_then_duplicate(self, client: FlaskClient, world: World) -> None:
        world.install()
        answers = [client.post(URL, data=ORDER, auth=BASIC) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert [answer.json for answer in answers] == [
            {"result": "recorded"},
            {"result": "duplicate"},
        ]

    def test_an_order_is_one_in_whatever_case_its_id_comes(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        order_id = json.loads(ORDER)["payload"]["id"]
        assert client.post(URL, data=ORDER, auth=BASIC).json == {"result": "recorded"}
        upper = ORDER.replace(order_id.encode(), order_id.upper().encode())
        assert upper != ORDER
        assert client.post(URL, data=upper, auth=BASIC).json == {"result": "duplicate"}
        assert world.row().event_id == f"c7-order-{order_id}"

    @pytest.mark.parametrize(
        "body",
        [
            ORDER,  # of a tenant that is not installed
            b"{}",
            b"null",
            b'{"tenantId":"fictional-ridge-winery"}',
            ORDER.replace(b'"object": "Order"', b'"object": "Spaceship"'),
            ORDER.replace(b'"action": "Create"', b'"action": "Delete"'),
        ],
    )
    def test_ignored_is_a_success(self, client: FlaskClient, body: bytes) -> None:
        answer = client.post(URL, data=body, auth=BASIC)
        assert (answer.status_code, answer.json) == (200, {"result": "ignored"})

    def test_update_is_an_order_too(self, client: FlaskClient, world: World) -> None:
        world.install()
        body = ORDER.replace(b'"action": "Create"', b'"action": "Update"')

        assert client.post(URL, data=body, auth=BASIC).json == {"result": "recorded"}

    def test_not_json_is_400(self, client: FlaskClient) -> None:
        answer = client.post(URL, data=b"hello", auth=BASIC)
        assert (answer.status_code, answer.json) == (400, {"result": "not JSON"})

    def test_not_durable_is_503(
        self, client: FlaskClient, world: World, close_file: Callable[[], None]
    ) -> None:
        world.install()
        close_file()
        answer = client.post(URL, data=ORDER, auth=BASIC)

        assert (answer.status_code, answer.json) == (503, {"result": "not recorded"})
        assert answer.headers["Retry-After"]

    def test_a_queue_that_is_down_is_no_reason_to_fail(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        world.queue.is_down = True
        assert client.post(URL, data=ORDER, auth=BASIC).json == {"result": "recorded"}


class TestAnyBytes:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
    def test_get_one_of_the_listed_answers(self, client: FlaskClient, body: bytes) -> None:
        assert client.post(URL, data=body, auth=BASIC).status_code in {200, 400}

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(st.dictionaries(st.sampled_from(["id", "channel", "total", "items"]), st.integers()))
    def test_get_200_when_they_are_json(
        self, client: FlaskClient, world: World, payload: dict[str, int]
    ) -> None:
        world.install()
        body = {"object": "Order", "action": "Create", "tenantId": TENANT, "payload": payload}
        assert client.post(URL, data=json.dumps(body), auth=BASIC).status_code == 200


class TestAWineryWhoseInstallIsBeingProven:
    PENDING = Installation(state=InstallState.PENDING, check_at=NOW, purge_at=NOW + GRACE)

    def test_has_its_webhooks_kept(self, client: FlaskClient, world: World) -> None:
        world.install()
        save_installation(world.services.tenants, TENANT, self.PENDING)
        answer = client.post(URL, data=ORDER, auth=BASIC)
        assert (answer.status_code, answer.json) == (200, {"result": "recorded"})
        assert client.post(URL, data=ORDER).json == {"result": "ignored"}

    def test_has_them_sent_again_later_if_they_are_too_many(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        save_installation(world.services.tenants, TENANT, self.PENDING)
        for number in range(MOST_UNPROVEN):
            assert world.services.events.add(a_waiting_record(key=str(number)))
        answer = client.post(URL, data=ORDER, auth=BASIC)
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
