import runpy
from pathlib import Path

import pytest

from service.settings import Settings, SettingsError
from tests.unit.settings.environments import KEYS, PUBLIC

CONF = Path(__file__).parents[2] / "gunicorn.conf.py"
LOCAL = [
    "",
    " ",
    "http://localhost:8080",
    " http://LocalHost:9000 ",
    "http://127.0.0.1",
    "http://[::1]:9",
]
ODD = [
    "http://localhost.", "http://127.1", "http://0.0.0.0:8080", "http://[::ffff:127.0.0.1]:8080",
    "http://127.0.0.1.", "http://[0:0:0:0:0:0:0:1]", "http://2130706433", "http://a.localhost", "http://",
    "http:///", "http://:8080", "http://[", "http://localhost@1pixel.example", "localhost:8080",
    "http://1pixel.example\\@localhost", "http://local\thost", "//localhost", "http://localhost:99999",
    "https://localhost.example.com?", "http://localhost#@1pixel.example",
]  # fmt: skip
NAMES = ["https://1pixel.example", "https://localhost.example.com", "https://LOCALHOST.example"]


def bind(monkeypatch: pytest.MonkeyPatch, base_url: str | None, port: str = "") -> str:
    """Return what gunicorn listens on in this environment."""
    monkeypatch.setenv("PORT", port)
    if base_url is None:
        monkeypatch.delenv("BASE_URL", raising=False)
    else:
        monkeypatch.setenv("BASE_URL", base_url)
    bound: str = runpy.run_path(str(CONF))["bind"]
    return bound


class TestBind:
    @pytest.mark.parametrize("base_url", [None, *LOCAL])
    def test_is_this_machine_for_a_local_run(
        self, monkeypatch: pytest.MonkeyPatch, base_url: str | None
    ) -> None:
        assert bind(monkeypatch, base_url) == "localhost:8080"
        assert Settings.from_env(KEYS | {"BASE_URL": base_url or ""}).is_local

    @pytest.mark.parametrize("base_url", NAMES)
    def test_is_open_to_others_with_a_public_address(
        self, monkeypatch: pytest.MonkeyPatch, base_url: str
    ) -> None:
        assert bind(monkeypatch, base_url, "9000") == ":9000"
        assert not Settings.from_env(
            PUBLIC | {"TOKEN_KEYS": KEYS["TOKEN_KEYS"], "BASE_URL": base_url}
        ).is_local

    @pytest.mark.parametrize("base_url", ODD)
    def test_never_starts_a_service_whose_address_is_neither(self, base_url: str) -> None:
        for environ in (KEYS, KEYS | PUBLIC):
            with pytest.raises(SettingsError, match=r"^BASE_URL: "):
                Settings.from_env(environ | {"BASE_URL": base_url})


def test_the_app_is_imported_after_the_fork() -> None:
    assert runpy.run_path(str(CONF))["preload_app"] is False
