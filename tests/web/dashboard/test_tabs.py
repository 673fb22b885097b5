"""A tab's own address, requested by htmx and opened in a browser."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.web.dashboard.tabs import PAGES
from service.web.request.guard import POLLING
from tests.conftest import World

ROOT = Path(__file__).parents[3]
TRIGGERS = re.compile(r'\shx-trigger="[^"]*\b(?:live|every)\b')
# A template whose root element polls; the group is its id.
POLLS = re.compile(rf'^<div id="([\w-]+)"[^>]*{TRIGGERS.pattern}')


@pytest.mark.parametrize("path", [tab.path for tab in PAGES])
class TestATabsAddress:
    def test_answers_with_its_fragment(self, client: FlaskClient, world: World, path: str) -> None:
        world.install()
        answer = client.get(path, headers={**world.staff(), "HX-Request": "true"})
        (template,) = (tab.template for tab in PAGES if tab.path == path)
        fragment = Path(template).stem.strip("_")
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


POLLED = [
    ("/overview", "overview"),
    ("/overview/figures", "figures"),
    ("/activity/table", "eventlog-table"),
    ("/alerts", "alerts"),
    ("/activity/work/resend", "job-progress"),
    ("/configuration/snippet/test", "snippet-test"),
]


@pytest.mark.parametrize(("path", "element"), POLLED)
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


class TestTheElementsThatPoll:
    def test_are_the_roots_of_their_templates_and_known_to_all_who_must_know_them(self) -> None:
        templates = [path.read_text() for path in sorted(ROOT.glob("templates/**/*.html"))]
        polling = {match[1]: text for text in templates if (match := POLLS.search(text))}
        triggers = [each for text in templates for each in TRIGGERS.findall(text)]
        assert len(triggers) == len(polling)
        assert polling.keys() == POLLING == {element for _, element in POLLED}
        script = (ROOT / "static/js/session.js").read_text()
        unknown = [id_ for id_, text in polling.items() if not is_known_in(script, id_, text)]
        assert unknown == []


def is_known_in(script: str, element: str, template: str) -> bool:
    """Tell whether the script takes the element's errors for a poll's."""
    return f"#{element}" in script or "data-live" in template.partition(">")[0]
