import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask

from service.app import create_app
from service.infra.logs import JsonLines
from tests.apps import app_settings
from tests.conftest import World

MARKER = "casey.marker@example.com"


def look_up() -> str:
    raise KeyError(MARKER)


@pytest.fixture
def broken(world: World) -> Flask:
    app = create_app(app_settings(), world.services)

    def bug() -> str:
        try:
            return look_up()
        except KeyError as error:
            raise ValueError(MARKER) from error

    app.add_url_rule("/bug", view_func=bug)
    return app


class TestABug:
    def test_never_shows_its_message(self, broken: Flask, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            answer = broken.test_client().get("/bug")

        assert (answer.status_code, answer.json) == (500, {"result": "internal server error"})
        assert MARKER not in caplog.text
        (record,) = [each for each in caplog.records if each.message == "request.failed"]
        assert vars(record)["error"] == "ValueError"
        trace = vars(record)["stack_trace"]
        # From the way in to the innermost frame, two calls below the view.
        assert re.search(r'File "flask/app.py", line \d+, in Flask.wsgi_app', trace)
        assert re.search(r'/test_errors.py", line \d+, in broken.<locals>.bug\n', trace)
        assert re.search(r'/test_errors.py", line \d+, in look_up\n', trace)
        assert "KeyError\n\nThe above exception was the direct cause" in trace
        assert MARKER not in JsonLines().format(record)

    def test_is_a_page_in_a_browser(self, broken: Flask) -> None:
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
        assert vars(record)["error"] == "StoreUnavailableError"
        trace = vars(record)["stack_trace"]
        assert "sqlite3.ProgrammingError\n" in trace
        assert 'File "service/local/' in trace
        assert 'File "service/web/' in trace


class TestAWrongAddress:
    def test_of_a_post_is_answered_in_json(self, app: Flask) -> None:
        answer = app.test_client().post("/nowhere", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.json) == (404, {"result": "not found"})


class TestAWrongMethod:
    def test_is_answered_405(self, app: Flask) -> None:
        answer = app.test_client().get("/webhooks/commerce7")
        assert (answer.status_code, answer.json) == (405, {"result": "method not allowed"})
