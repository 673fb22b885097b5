"""A tab's own address, as htmx asks for it and as a person opens it."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import World

TABS = ["/overview", "/configuration", "/activity"]


@pytest.mark.parametrize("path", TABS)
class TestATabsAddress:
    def test_answers_with_its_fragment(self, client: FlaskClient, world: World, path: str) -> None:
        world.install()
        answer = client.get(path, headers={**world.staff(), "HX-Request": "true"})
        assert answer.text.startswith(f'<div id="{path[1:]}"')

    def test_leads_whoever_opens_it_alone_back_to_the_admin(
        self, client: FlaskClient, path: str
    ) -> None:
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 401
        assert "Missing frame signature" in answer.text
        assert "HX-Request" in answer.headers["Vary"]

    def test_gives_htmx_no_page_to_swap_into_the_dashboard(
        self, client: FlaskClient, path: str
    ) -> None:
        headers = {"Accept": "text/html", "HX-Request": "true"}
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json) == (401, {"result": "unauthorized"})
