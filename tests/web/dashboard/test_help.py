"""The Help tab, which is for a winery's staff."""

from itertools import pairwise
from urllib.parse import unquote, urlsplit

from flask.testing import FlaskClient

from service.domain.tenants.tenant import Pixel, Pixels, TenantSettings
from service.settings import DEFAULT_GRAPH_VERSION
from tests.apps import app_settings, started_app
from tests.builders import TENANT
from tests.conftest import World
from tests.reading import elements, headings_of, ids_of, tree_of, words_of

SUPPORT = "help@example.com"
TWO_PIXELS = TenantSettings(
    pixels=Pixels(primary=Pixel(id="1234567890123456"), secondary=Pixel(id="6543210987654321"))
)


class TestTheHelpTab:
    def test_links_to_the_documentation_only(self, client: FlaskClient, world: World) -> None:
        world.install()
        root = tree_of(client.get("/help", headers=world.staff()).text)
        ids = {path: ids_of(tree_of(client.get(path).text)) for path in ("/docs", "/privacy")}

        found = [each for each in elements(root) if each.tag == "a"]
        assert len(found) > 15
        for link in found:
            to = urlsplit(link.get("href", ""))
            assert not to.fragment or to.fragment in ids[to.path]
            assert to.path in ids
            assert (link.get("target"), link.get("rel")) == ("_blank", "noopener")

    def test_has_headings_in_order(self, client: FlaskClient, world: World) -> None:
        world.install()
        root = tree_of(client.get("/help", headers=world.staff()).text)
        levels = [level for level, _ in headings_of(root)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_shows_what_support_needs_to_know(self, client: FlaskClient, world: World) -> None:
        world.install(TWO_PIXELS)
        said = words_of(tree_of(client.get("/help", headers=world.staff(role="Data")).text))
        for needed in (
            TENANT,
            "1234567890123456",
            "6543210987654321",
            "Data",
            DEFAULT_GRAPH_VERSION,
        ):
            assert needed in said

    def test_says_so_where_there_is_no_pixel(self, client: FlaskClient, world: World) -> None:
        world.install(TenantSettings())
        said = words_of(tree_of(client.get("/help", headers=world.staff(role="")).text))
        assert "Primary pixel: none Secondary pixel: none My role in Commerce7: none" in said

    def test_shows_a_role_as_text_whatever_it_is(self, client: FlaskClient, world: World) -> None:
        world.install()
        answer = client.get("/help", headers=world.staff(role="<script>alert(1)</script>"))
        assert "<script" not in answer.text
        assert "&lt;script&gt;alert(1)" in answer.text

    def test_has_an_address_with_the_winery_in_its_subject(self, world: World) -> None:
        world.install()
        client = started_app(world.services, app_settings(SUPPORT_EMAIL=SUPPORT)).test_client()
        root = tree_of(client.get("/help", headers=world.staff()).text)

        (mail,) = [
            each.get("href", "")
            for each in elements(root)
            if each.get("href", "").startswith("mailto:")
        ]
        assert unquote(mail) == f"mailto:{SUPPORT}?subject=1Pixel, {TENANT}"

    def test_shows_no_address_where_support_has_none(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        answer = client.get("/help", headers=world.staff())
        assert "mailto:" not in answer.text
        assert "Contact support through the Commerce7 App Store" in answer.text

    def test_is_closed_where_we_are_not_installed(self, client: FlaskClient, world: World) -> None:
        assert client.get("/help", headers=world.staff()).status_code == 401

    def test_is_framed_by_the_dashboard_alone(self, client: FlaskClient, world: World) -> None:
        world.install()
        answer = client.get("/help", headers=world.staff())
        policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith("frame-ancestors 'none'")
        assert answer.text.startswith('<div id="help"')
