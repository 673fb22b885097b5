"""The script that storefronts load: the tenant's choices in it, and nothing else."""

import gzip
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.events.event import WEBSITE_EVENTS, EventName
from tests.builders import TENANT, some_settings
from tests.conftest import World

ADDRESS = f"/snippet/{TENANT}.js"
CONFIG = re.compile(rf'\["{TENANT}",.*?\[.*?\].*?\]')


def config_in(text: str) -> list[Any]:
    """Return the tenant's configuration in the script."""
    (found,) = CONFIG.findall(text)
    config: list[Any] = json.loads(found)
    return config


class TestTheSnippet:
    def test_holds_what_the_winery_chose(self, client: FlaskClient, world: World) -> None:
        chosen = some_settings()
        world.install(replace(chosen, events={**chosen.events, EventName.ADD_TO_CART: False}))
        answer = client.get(ADDRESS)
        assert config_in(answer.text) == [
            TENANT,
            "http://localhost:8080/collect",
            ["PageView", "ViewContent", "InitiateCheckout"],
            1,
            False,
            "/product",
            "/checkout",
        ]
        assert "ONEPIXEL_CONFIG" not in answer.text

    def test_is_kept_for_five_minutes_and_asked_for_again_by_its_mark(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        answer = client.get(ADDRESS)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        again = client.get(ADDRESS, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        world.install(some_settings(consent_mode="required"))
        changed = client.get(ADDRESS, headers={"If-None-Match": answer.headers["ETag"]})
        assert changed.status_code == 200

    def test_is_compressed_for_a_browser(self, client: FlaskClient, world: World) -> None:
        world.install()
        plain = client.get(ADDRESS)
        small = client.get(ADDRESS, headers={"Accept-Encoding": "gzip, br"})
        assert small.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.data) == plain.data
        assert "Accept-Encoding" in small.headers["Vary"]

    @pytest.mark.parametrize("name", ["nobody", "..", "<script>", "a" * 500, "%00", "🍷"])
    def test_is_a_valid_empty_script_for_an_unknown_winery(
        self, client: FlaskClient, name: str
    ) -> None:
        answer = client.get(f"/snippet/{name}.js")
        assert (answer.status_code, answer.text) == (200, "")
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers

    def test_is_empty_where_nothing_is_to_be_reported(
        self, client: FlaskClient, world: World
    ) -> None:
        off = dict.fromkeys(WEBSITE_EVENTS, False)
        chosen = some_settings()
        for settings in (
            replace(chosen, enabled=False),
            replace(chosen, events={**chosen.events, **off}),
        ):
            world.install(settings)
            assert client.get(ADDRESS).text == ""

    def test_has_the_address_that_the_page_shows(self, client: FlaskClient, world: World) -> None:
        world.install()
        html = client.get("/configuration", headers=world.staff()).text
        address = f"http://localhost:8080/snippet/{TENANT}.js"
        assert f'&lt;script src="{address}" async&gt;&lt;/script&gt;' in html.replace("&#34;", '"')
