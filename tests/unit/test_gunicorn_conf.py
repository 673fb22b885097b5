import runpy
from pathlib import Path

import pytest

CONF = Path(__file__).parents[2] / "gunicorn.conf.py"


class TestBind:
    @pytest.mark.parametrize(
        ("environ", "bind"),
        [
            ({}, "localhost:8080"),
            ({"BASE_URL": "", "PORT": ""}, "localhost:8080"),
            ({"BASE_URL": "http://127.0.0.1:9000", "PORT": "9000"}, "localhost:9000"),
            ({"BASE_URL": "https://1pixel.example", "PORT": "8080"}, ":8080"),
        ],
    )
    def test_is_open_to_others_only_with_a_public_address(
        self, monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], bind: str
    ) -> None:
        for name in ("BASE_URL", "PORT"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        assert runpy.run_path(str(CONF))["bind"] == bind


def test_the_app_is_imported_after_the_fork() -> None:
    assert runpy.run_path(str(CONF))["preload_app"] is False
