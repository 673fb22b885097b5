"""Built files are compressed and kept for good; pages are compressed and not kept."""

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.web.request.assets import asset
from tests.conftest import World

ROOT = Path(__file__).parents[3]
KINDS = {"styles.css": "text/css", "dashboard.js": "text/javascript"}


def address(client: FlaskClient, name: str) -> str:
    with client.application.test_request_context():
        return asset(name)


class TestABuiltFile:
    @pytest.mark.parametrize("name", KINDS)
    @pytest.mark.parametrize(
        ("accepted", "encoding"),
        [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0", None), (None, None)],
    )
    def test_is_the_same_in_every_encoding_and_kept_for_good(
        self, client: FlaskClient, name: str, accepted: str | None, encoding: str | None
    ) -> None:
        url = address(client, name)
        headers = {"Accept-Encoding": accepted} if accepted else {}
        answer = client.get(url, headers=headers, buffered=True)
        assert answer.status_code == 200
        assert answer.mimetype == KINDS[name]
        assert answer.headers.get("Content-Encoding") == encoding
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.cache_control.max_age == 31_536_000
        assert "Accept-Encoding" in answer.vary
        suffix = {"br": ".br", "gzip": ".gz", None: ""}[encoding]
        assert answer.data == (ROOT / f"{url[1:]}{suffix}").read_bytes()
        if encoding == "gzip":
            assert gzip.decompress(answer.data) == client.get(url, buffered=True).data

    def test_has_a_name_that_says_what_is_in_it(self, client: FlaskClient) -> None:
        assert re.fullmatch(r"/static/built/styles-\w{8}\.css", address(client, "styles.css"))
        answer = client.get("/static/built/styles-00000000.css")
        assert answer.status_code == 404
        assert answer.headers["Cache-Control"] == "no-store"

    def test_is_a_font_too(self, client: FlaskClient) -> None:
        answer = client.get(
            address(client, "inter-basic.woff2"),
            headers={"Accept-Encoding": "gzip, br"},
            buffered=True,
        )
        assert answer.mimetype == "font/woff2"
        assert "Content-Encoding" not in answer.headers


class TestAPage:
    def test_is_compressed_for_those_who_take_that_and_never_kept(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        plain = client.get("/docs")
        unchecked = FlaskClient(client.application, client.response_wrapper)
        packed = unchecked.get("/docs", headers={"Accept-Encoding": "gzip, br"})
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 2
        assert packed.headers["Content-Length"] == str(len(packed.data))
        for answer in (plain, packed):
            assert answer.headers["Cache-Control"] == "no-store"

    def test_of_a_few_words_is_left_alone(self, client: FlaskClient, world: World) -> None:
        world.install()
        headers = {**world.staff(), "Accept-Encoding": "gzip"}
        answer = client.get("/health", headers=headers)
        assert answer.status_code == 200
        assert answer.content_encoding is None
