"""The public pages: the documentation and the privacy page."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.web.dashboard.docs import PICTURES
from tests.apps import app_settings, started_app, static_files_in
from tests.conftest import World
from tests.reading import elements, headings_of, ids_of, tree_of, words_of

ROOT = Path(__file__).parents[3]
SUPPORT = "help@example.com"
# The order that the product promises.
SECTIONS = [
    "Requirements", "Security & tracking controls", "Initial setup (5 minutes)", "Tracked events",
    "Optional: Website Pixel Snippet", "Testing your connection", "Reading the Event Log",
    "Event Match Quality", "Dual pixel setup", "CCPA & Limited Data Use", "FAQ & troubleshooting",
]  # fmt: skip

every_page = pytest.mark.parametrize("path", ["/docs", "/privacy"])


@pytest.fixture
def supported(world: World) -> FlaskClient:
    """Return a client of an app with an address for support."""
    return started_app(world.services, app_settings(SUPPORT_EMAIL=SUPPORT)).test_client()


def page(client: FlaskClient, path: str) -> Element:
    answer = client.get(path)
    assert answer.status_code == 200
    return tree_of(answer.text)


def links(root: Element) -> list[str]:
    return [each.get("href", "") for each in elements(root) if each.tag == "a"]


@every_page
class TestAPageToRead:
    def test_has_one_title_and_headings_in_order(self, client: FlaskClient, path: str) -> None:
        levels = [level for level, _ in headings_of(page(client, path))]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_has_no_id_twice(self, client: FlaskClient, path: str) -> None:
        assert [each for each, n in Counter(ids_of(page(client, path))).items() if n > 1] == []

    def test_has_no_id_that_the_dashboards_styles_are_for(
        self, client: FlaskClient, path: str
    ) -> None:
        sheets = [sheet.read_text() for sheet in (ROOT / "static/css").glob("*.css")]
        styled = {name for text in sheets for name in re.findall(r"#([a-z][\w-]*)", text)}
        assert "waiting" in styled
        assert styled & set(ids_of(page(client, path))) == set()

    def test_names_a_place_for_every_heading_but_its_title(
        self, client: FlaskClient, path: str
    ) -> None:
        headings = [each for each in elements(page(client, path)) if each.tag in {"h2", "h3", "h4"}]
        assert [words_of(each) for each in headings if not each.get("id")] == []

    def test_has_no_link_that_leads_nowhere(self, supported: FlaskClient, path: str) -> None:
        ids = {each: ids_of(page(supported, each)) for each in ("/docs", "/privacy")}
        inside = [each for each in links(page(supported, path)) if each[:1] in {"#", "/"}]
        assert len(inside) > 1
        for link in inside:
            parts = urlsplit(link)
            assert not parts.fragment or parts.fragment in ids[parts.path or path], link
            assert parts.path in {"", *ids}, link

    def test_opens_other_sites_in_a_tab_of_their_own(
        self, supported: FlaskClient, path: str
    ) -> None:
        for each in elements(page(supported, path)):
            if each.tag == "a" and "://" in each.get("href", ""):
                assert (each.get("target"), each.get("rel")) == ("_blank", "noopener")

    def test_loads_nothing_from_elsewhere_and_needs_no_script(
        self, client: FlaskClient, path: str
    ) -> None:
        for each in elements(page(client, path)):
            assert each.tag not in {"script", "iframe", "style", "form", "button", "object"}
            loaded = each.get("src") or (each.get("href") if each.tag == "link" else None)
            assert loaded is None or (loaded[:8] == "/static/" and (ROOT / loaded[1:]).is_file())
            assert not {"style", "onclick"} & set(each.attrib)

    def test_may_not_be_framed(self, client: FlaskClient, path: str) -> None:
        policy = client.get(path).headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors 'none'")

    def test_shows_supports_address_if_there_is_one(
        self, world: World, client: FlaskClient, path: str
    ) -> None:
        assert "mailto:" not in client.get(path).text
        assert "None" not in words_of(page(client, path))
        supported = started_app(world.services, app_settings(SUPPORT_EMAIL=SUPPORT)).test_client()
        assert f"mailto:{SUPPORT}" in links(page(supported, path))

    @pytest.mark.parametrize("theme", ["light", "dark", ""])
    def test_follows_the_admins_theme_or_the_browsers(
        self, client: FlaskClient, path: str, theme: str
    ) -> None:
        root = page(client, f"{path}?adminUITheme={theme}")
        assert root.get("data-theme", "") == theme

    def test_is_the_same_for_every_caller(
        self, client: FlaskClient, world: World, path: str
    ) -> None:
        world.install()
        assert client.get(path, headers=world.staff()).text == client.get(path).text


class TestTheDocumentation:
    def test_has_the_eleven_sections_in_their_order(self, client: FlaskClient) -> None:
        root = page(client, "/docs")
        titles = [title for level, title in headings_of(root) if level == 2]
        numbered = [f"{number}. {title}" for number, title in enumerate(SECTIONS, start=1)]
        assert titles == ["Contents", *numbered]

    def test_lists_its_sections_first(self, client: FlaskClient) -> None:
        contents = next(
            each
            for each in elements(page(client, "/docs"))
            if each.get("aria-labelledby") == "contents"
        )
        assert [words_of(each) for each in elements(contents) if each.tag == "a"] == SECTIONS

    def test_says_what_holds_here(self, world: World) -> None:
        settings = app_settings(WRITE_ROLES="Cellar Master", UNINSTALL_GRACE_HOURS="36")
        said = words_of(page(started_app(world.services, settings).test_client(), "/docs"))
        assert "the Commerce7 role Cellar Master" in said
        assert "stay for 36 hours" in said
        assert "?tenantId={{tenantId}}" in said
        assert "http://localhost:8080/auth/install" in said

    def test_shows_the_pictures_that_are_there(
        self, app: Flask, client: FlaskClient, tmp_path: Path
    ) -> None:
        folder = tmp_path / "img/docs"
        folder.mkdir(parents=True)
        (folder / "log.webp").touch()
        (folder / "row.png").touch()
        (folder / "unheard-of.png").touch()

        with static_files_in(app, tmp_path):
            root = page(client, "/docs")
        figures = [each for each in elements(root) if each.tag == "figure"]
        images = [each for figure in figures for each in figure.iter("img")]
        assert [each.get("src") for each in images] == [
            "/static/img/docs/log.webp",
            "/static/img/docs/row.png",
        ]
        assert [each.get("alt") for each in images] == [PICTURES[n].alt for n in ("log", "row")]
        assert PICTURES["log"].caption in words_of(figures[0])

    def test_has_a_place_for_every_picture(
        self, app: Flask, client: FlaskClient, tmp_path: Path
    ) -> None:
        folder = tmp_path / "img/docs"
        folder.mkdir(parents=True)
        for name in PICTURES:
            (folder / f"{name}.webp").touch()
        with static_files_in(app, tmp_path):
            text = client.get("/docs").text
        assert text.count("<figure>") == len(PICTURES)
