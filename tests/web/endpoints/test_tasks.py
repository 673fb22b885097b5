from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.delivery.schedule import MAX_ATTEMPTS
from service.ports import Task
from tests.builders import BAD_TOKEN, DOWN, POLICY, REFUSED, a_signal, an_order
from tests.conftest import World
from tests.fakes import OneCaller

PATHS = ["/tasks/send", "/tasks/resolve", "/tasks/sweep"]
OURS = {"Authorization": f"Bearer {OneCaller.token}"}


@pytest.fixture
def task(world: World) -> Task:
    world.install()
    world.receive(a_signal(an_order()))
    return world.queue.tasks[0]


def call(client: FlaskClient, task: Task) -> TestResponse:
    return client.post(task.path, data=task.body, headers=OURS)


class TestWhoMayCall:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Authorization": "Bearer forged"},
            {"Authorization": f"Basic {OneCaller.token}"},
            {"X-CloudTasks-TaskName": "task", "X-CloudTasks-QueueName": "queue"},
        ],
    )
    def test_only_our_queue(self, client: FlaskClient, path: str, headers: dict[str, str]) -> None:
        assert client.post(path, data=b"{}", headers=headers).status_code == 401

    @pytest.mark.parametrize("path", PATHS)
    def test_no_other_account(self, client: FlaskClient, path: str) -> None:
        headers = {"Authorization": f"Bearer {OneCaller.others_token}"}
        assert client.post(path, data=b"{}", headers=headers).status_code == 403

    def test_no_caller_with_too_large_a_body(self, client: FlaskClient) -> None:
        body = b" " * (64 * 1024 + 1)
        for path in ("/tasks/send", "/tasks/resolve"):
            assert client.post(path, data=body, headers=OURS).status_code == 413


class TestSend:
    def test_sent_is_200(self, client: FlaskClient, world: World, task: Task) -> None:
        assert call(client, task).status_code == 200
        assert world.row().status == "sent"

    def test_to_be_tried_again_is_424_until_it_is_an_error(
        self, client: FlaskClient, world: World, task: Task
    ) -> None:
        world.meta.script = [DOWN] * MAX_ATTEMPTS
        statuses = []
        for pause in (30, 60, 120, 0):
            statuses.append(call(client, task).status_code)
            world.clock.advance(timedelta(seconds=pause))

        assert statuses == [424, 424, 424, 200]
        assert world.row().status == "error"

    def test_too_early_is_424(self, client: FlaskClient, world: World, task: Task) -> None:
        world.meta.script = [DOWN]
        assert [call(client, task).status_code for _ in range(2)] == [424, 424]
        assert len(world.meta.sent) == 1

    @pytest.mark.parametrize("verdict", [REFUSED, BAD_TOKEN])
    def test_final_and_held_are_200(
        self, client: FlaskClient, world: World, task: Task, verdict: object
    ) -> None:
        world.meta.script = [verdict]  # type: ignore[list-item] # a verdict, by its name
        assert call(client, task).status_code == 200

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"tenant_id":1}', b"\xff"])
    def test_a_malformed_task_is_not_repeated(self, client: FlaskClient, body: bytes) -> None:
        answer = client.post("/tasks/send", data=body, headers=OURS)
        assert (answer.status_code, answer.json) == (200, {"result": "malformed"})

    def test_a_deeply_nested_task_is_not_repeated(self, client: FlaskClient) -> None:
        body = b'{"x":' + b"[" * 60_000
        assert client.post("/tasks/send", data=body, headers=OURS).status_code == 200

    def test_a_task_of_a_newer_version_is_read(
        self, client: FlaskClient, world: World, task: Task
    ) -> None:
        body = task.body.replace(b"{", b'{"brand_new":1,', 1)
        assert client.post(task.path, data=body, headers=OURS).status_code == 200
        assert world.row().status == "sent"

    def test_a_store_that_is_down_is_503(
        self, client: FlaskClient, task: Task, close_file: Callable[[], None]
    ) -> None:
        close_file()
        assert call(client, task).status_code == 503


class TestSweep:
    @pytest.mark.usefixtures("task")
    def test_says_what_it_did(self, client: FlaskClient, world: World) -> None:
        world.clock.advance(POLICY.requeue_after)
        answer = client.post("/tasks/sweep", data=b"{}", headers=OURS)

        assert (answer.status_code, answer.json) == (200, {"due": 1, "enqueued": 1})
