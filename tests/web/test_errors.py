import logging
from collections.abc import Callable

import pytest
from flask import Flask

from tests.conftest import World

MARKER = "casey.marker@example.com"


@pytest.fixture
def broken(app: Flask) -> Flask:
    def bug() -> str:
        raise ValueError(MARKER)

    app.add_url_rule("/bug", view_func=bug)
    return app


class TestABug:
    def test_is_told_to_nobody_in_its_own_words(
        self, broken: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            answer = broken.test_client().get("/bug")

        assert (answer.status_code, answer.json) == (500, {"result": "internal server error"})
        assert MARKER not in caplog.text
        (record,) = [each for each in caplog.records if each.message == "request.failed"]
        assert vars(record)["error"] == "ValueError"
        assert vars(record)["at"].startswith("broken.<locals>.bug:")

    def test_is_a_page_to_a_person(self, broken: Flask) -> None:
        answer = broken.test_client().get("/bug", headers={"Accept": "text/html"})

        assert answer.status_code == 500
        assert "Something went wrong" in answer.text
        assert MARKER not in answer.text


class TestAStoreThatIsDown:
    def test_is_logged_by_its_kind_alone(
        self,
        app: Flask,
        world: World,
        close_file: Callable[[], None],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        close_file()
        with caplog.at_level(logging.DEBUG):
            app.test_client().get("/activity/table", headers=world.staff())

        (record,) = [each for each in caplog.records if each.message == "store.unavailable"]
        assert vars(record)["cause"] == "ProgrammingError"


class TestAWrongAddress:
    def test_is_no_page_to_a_machine(self, app: Flask) -> None:
        answer = app.test_client().post("/nowhere", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.json) == (404, {"result": "not found"})


class TestAWrongMethod:
    def test_is_said(self, app: Flask) -> None:
        answer = app.test_client().get("/webhooks/commerce7")
        assert (answer.status_code, answer.json) == (405, {"result": "method not allowed"})
