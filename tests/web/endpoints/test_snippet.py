import pytest
from flask.testing import FlaskClient

from tests.builders import TENANT
from tests.conftest import World


class TestTheSnippet:
    @pytest.mark.parametrize("name", [TENANT, "nobody", "..", "<script>", "a" * 500, "%00", "🍷"])
    def test_is_a_valid_empty_script_for_whatever_name(
        self, client: FlaskClient, world: World, name: str
    ) -> None:
        world.install()
        answer = client.get(f"/snippet/{name}.js")
        assert (answer.status_code, answer.text) == (200, "")
        assert answer.mimetype == "application/javascript"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers

    def test_has_the_address_that_the_page_shows(self, client: FlaskClient, world: World) -> None:
        world.install()
        html = client.get("/configuration", headers=world.staff()).text
        address = f"http://localhost:8080/snippet/{TENANT}.js"
        assert f'&lt;script src="{address}" async&gt;&lt;/script&gt;' in html.replace("&#34;", '"')
