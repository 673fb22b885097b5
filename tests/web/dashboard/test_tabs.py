"""A tab's own address, requested by htmx and opened in a browser."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.web.request.guard import POLLING
from tests.conftest import World

TABS = ["/overview", "/configuration", "/activity"]


@pytest.mark.parametrize("path", TABS)
class TestATabsAddress:
    def test_answers_with_its_fragment(self, client: FlaskClient, world: World, path: str) -> None:
        world.install()
        answer = client.get(path, headers={**world.staff(), "HX-Request": "true"})
        fragment = {"/activity": "eventlog"}.get(path, path[1:])
        assert answer.text.startswith(f'<div id="{fragment}"')

    def test_opened_on_its_own_leads_back_to_the_admin(
        self, client: FlaskClient, path: str
    ) -> None:
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 401
        assert "Missing frame signature" in answer.text
        assert "HX-Request" in answer.headers["Vary"]

    def test_gives_htmx_no_error_page_to_swap_in(self, client: FlaskClient, path: str) -> None:
        headers = {"Accept": "text/html", "HX-Request": "true"}
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json) == (401, {"result": "unauthorized"})


@pytest.mark.parametrize(
    ("path", "element"),
    [
        ("/overview", "overview"),
        ("/activity/table", "eventlog-table"),
        ("/alerts", "alerts"),
        ("/activity/work/resend", "job-progress"),
    ],
)
class TestAPoll:
    def ask(self, client: FlaskClient, path: str, headers: dict[str, str]) -> tuple[int, str]:
        answer = client.get(path, headers={**headers, "HX-Request": "true"})
        return answer.status_code, answer.headers.get("HX-Reswap", "")

    def test_ends_with_the_session(
        self, client: FlaskClient, world: World, path: str, element: str
    ) -> None:
        world.install()
        staff = world.staff()
        world.clock.advance(timedelta(hours=9))
        assert self.ask(client, path, {**staff, "HX-Trigger": element}) == (286, "none")
        assert self.ask(client, path, staff) == (401, "")

    def test_ends_with_the_installation(
        self, client: FlaskClient, world: World, path: str, element: str
    ) -> None:
        headers = {**world.staff(), "HX-Trigger": element}
        # A job's progress does not depend on the installation.
        ends = (200, "") if element == "job-progress" else (286, "none")
        assert self.ask(client, path, headers) == ends

    def test_comes_from_an_element_that_polls(self, path: str, element: str) -> None:
        assert path
        assert element in POLLING
        (template,) = Path("templates").rglob(f"_{element.replace('-', '_')}.html")
        assert f'id="{element}"' in template.read_text()
        assert re.search(r'hx-trigger="[^"]*(live|every)', template.read_text())
