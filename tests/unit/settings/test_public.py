"""A public service refuses to start with what strangers know, can guess or can reach."""

import ast
import re
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.architecture.test_repository import ROOT, TRACKED, read
from tests.unit.settings.environments import PUBLIC, public_settings, refusal, settings

DRAWN = "wJ7q0Zr3vKcX9sTfL2mHbY8eNd5uGp1A-oViRkB4tQx"
SECRETS = ("C7_APP_SECRET", "C7_WEBHOOK_USERS", "SESSION_KEYS", "TOKEN_KEYS", "SMTP_PASSWORD")
URLS = ("BASE_URL", "META_GRAPH_URL", "C7_API_URL", "C7_ADMIN_URL", "TASKS_AUDIENCE")


def fernet_of(key: bytes) -> str:
    return urlsafe_b64encode(key).decode()


def twice(name: str) -> str:
    return ",".join([PUBLIC.get(name) or Fernet.generate_key().decode()] * 2)


def respelt(key: str) -> str:
    """Return the same Fernet key in another spelling: its last digit has two bits to spare."""
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = digits.index(key[-2])
    return f"{key[:-2]}{digits[last ^ 1]}="


class TestSecrets:
    @pytest.mark.parametrize(
        "key",
        ["short", "a" * 64, "ab" * 32, "changeme" * 8, "change-me-please-0123456789-now!",
         "0123456789abcdef" * 2, "abcdefghijklmnopqrstuvwxyz012345", "a" * 40 + "bcdefghij",
         DRAWN[:31], f"{DRAWN},{DRAWN}", f"{DRAWN},one", "é" * 20],
    )  # fmt: skip
    def test_of_sessions_are_drawn_and_long(self, key: str) -> None:
        told = refusal(SESSION_KEYS=key)
        assert told.startswith("SESSION_KEYS: an entry ")
        assert len(key) < 10 or key not in told

    @pytest.mark.parametrize(
        "key",
        [bytes(32), b"\xff" * 32, bytes(range(32)), b"\x01\x02" * 16, b"changeme" * 4,
         b"an access token's encryption key", DRAWN[:8].encode() * 4],
    )  # fmt: skip
    def test_that_encrypt_are_drawn(self, key: bytes) -> None:
        told = refusal(TOKEN_KEYS=f"{Fernet.generate_key().decode()},{fernet_of(key)}")
        assert told.startswith("TOKEN_KEYS: an entry can be guessed")
        assert fernet_of(key) not in told

    def test_are_there_once_however_they_are_spelt(self) -> None:
        key = Fernet.generate_key().decode()
        for again in (key, respelt(key)):
            assert refusal(TOKEN_KEYS=f"{key},{again}").startswith("TOKEN_KEYS: an entry is there")
            told = refusal(TOKEN_KEYS=key, SESSION_KEYS=f"{DRAWN},{again}")
            assert told.startswith("SESSION_KEYS: an entry is one of TOKEN_KEYS")

    @pytest.mark.parametrize(
        "login",
        ["commerce7:short", "c7:fifteen-letters", "a:b", "our-webhook-login:our-webhook-login",
         "c7:aaaaaaaaaaaaaaaaaaaa", "c7:changeme-changeme!", "c7:1234567890123456"],
    )  # fmt: skip
    def test_of_webhooks_cannot_be_tried_out(self, login: str) -> None:
        told = refusal(C7_WEBHOOK_USERS=f"{PUBLIC['C7_WEBHOOK_USERS']},{login}")
        assert told.startswith("C7_WEBHOOK_USERS: a")
        assert login not in told

    def test_that_a_generator_draws_are_taken(self) -> None:
        for _ in range(300):
            for draw in (secrets.token_hex(32), secrets.token_urlsafe(24), secrets.token_hex(16)):
                assert not refusal(SESSION_KEYS=draw), draw
            assert not refusal(TOKEN_KEYS=Fernet.generate_key().decode())
            assert not refusal(C7_WEBHOOK_USERS=f"commerce7:{secrets.token_urlsafe(12)}")


class TestPublishedValues:
    def test_are_all_refused(self) -> None:
        published = published_values()
        assert {"sandbox:sandbox", "sandbox-secret", "sandbox-app", "user:password"} <= published
        mail = {"SMTP_HOST": "mail.example", "SMTP_FROM": "us@mail.example"}
        mail |= {"SMTP_USER": "us", "SMTP_PASSWORD": DRAWN}
        for value in published:
            for variable in (*SECRETS, "C7_APP_ID"):
                told = refusal(**{**mail, variable: value})
                assert told.startswith(f"{variable}: "), f"{variable} may be {value}"

    @pytest.mark.parametrize("value", ["SANDBOX-APP", "sandbox", "Sandbox-Secret", "a:b"])
    def test_are_refused_in_any_case(self, value: str) -> None:
        assert refusal(C7_APP_ID=value).startswith("C7_APP_ID: ")
        assert refusal(C7_APP_SECRET=value).startswith("C7_APP_SECRET: ")


def published_values() -> set[str]:
    """Return every login and secret of the service that these files show."""
    pages = [
        path for path in TRACKED if path.endswith(".md") or path in {"Makefile", ".env.example"}
    ]
    names = "|".join((*SECRETS, "C7_APP_ID"))
    values = {
        value
        for path in pages
        for value in re.findall(rf"(?:{names})[`\"']?[=:][`\"']?([^\s`\"',…<#]+)", read(path))
    }
    values |= set(re.findall(r"# (\w+:\w+), comma-separated", read(".env.example")))
    for path in Path(ROOT / "tests/sandbox").glob("**/*.py"):
        values |= _logins_in(ast.parse(path.read_text()))
    return values - {""}


def _logins_in(tree: ast.Module) -> set[str]:
    """Return the texts that code gives to names of logins and secrets."""
    given: list[tuple[str, ast.expr | None]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            given.append((node.arg, node.value))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            default = (
                node.value.keywords[0].value if isinstance(node.value, ast.Call) else node.value
            )
            given.append((node.target.id, default))
    is_login = re.compile(r"(app_(id|secret)|webhook_(user|password)|session_keys|token_keys)$")
    return {
        each.value
        for name, each in given
        if is_login.search(name) and isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


class TestAddresses:
    @pytest.mark.parametrize("variable", URLS)
    @pytest.mark.parametrize(
        "url",
        ["http://1pixel.example", "https://me:pw@1pixel.example", "https://me@1pixel.example",
         "https://1pixel.example?x=1", "https://1pixel.example/#x", "https://1pixel.example/?",
         "https://intranet", "https://1pixel.local", "https://1pixel.internal", "https://a.localhost",
         "https://10.0.0.1", "https://192.168.1.1:443", "https://169.254.169.254", "https://127.1",
         "https://0.0.0.0", "https://[::ffff:127.0.0.1]", "https://[::]", "https://[fd00::1]",
         "https://2130706433", "https://0x7f.0.0.1", "https://127.0.0.1.", "https://localhost.",
         "https://1pixel.example.", "https://", "https:///path", "https://:443", "https://[::1",
         "https://1pixel.example:99999", "https://1pixel.example\\@localhost", "https://ⓛocalhost",
         "https://1pixel.home.arpa", "https://metadata.google.internal"],
    )  # fmt: skip
    def test_lead_to_a_public_host_over_tls(self, variable: str, url: str) -> None:
        wanted = f"{url}/{{tenantId}}" if variable == "C7_ADMIN_URL" else url
        told = refusal(**{variable: wanted})
        assert told.startswith(f"{variable}: ")
        assert len(url) < 10 or url not in told

    @pytest.mark.parametrize(
        "url",
        ["https://1pixel.example", "https://1PIXEL.example:8443/base", "https://xn--1pixel-9ua.example",
         "https://localhost.example.com", "https://127.0.0.1.example.com"],
    )  # fmt: skip
    def test_may_be_any_name_that_the_world_knows(self, url: str) -> None:
        assert public_settings(BASE_URL=url, C7_API_URL=url, TASKS_AUDIENCE=url).base_url == url

    @pytest.mark.parametrize(
        "source",
        ["*", "https:", "https://*", "https://*:443", "https://*.com", "*.com", "https://*.co.uk",
         "https://*.*.com", "http:", "http://admin.example", "http://*.admin.example", "data:",
         "'self'", "'none'", "https://*.github.io", "https://admin.example/page", "admin.example",
         "https://admin.example;script-src", "https://localhost", "https://127.0.0.1:8090",
         "https://user@admin.example", "https://a.*.example.com", "HTTPS://*"],
    )  # fmt: skip
    def test_frame_the_dashboard_only_if_they_have_one_owner(self, source: str) -> None:
        told = refusal(FRAME_ANCESTORS=f"https://good.example {source}")
        assert told.startswith("FRAME_ANCESTORS: an entry ")

    def test_frame_the_dashboard_with_or_without_a_wildcard(self) -> None:
        both = "https://*.admin.platform.commerce7.com https://admin.example:8443"
        assert public_settings(FRAME_ANCESTORS=both).frame_ancestors == tuple(both.split())


class TestEngines:
    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("STORE", "sqlite"),
            ("STORE", ""),
            ("QUEUE", "local"),
            ("QUEUE", ""),
            ("FIRESTORE_EMULATOR_HOST", "localhost:1"),
            ("CLOUD_TASKS_EMULATOR_HOST", "localhost:1"),
            ("TASKS_SERVICE_ACCOUNT", "tasks"),
            ("TASKS_SERVICE_ACCOUNT", "tasks@project"),
            ("TASKS_SERVICE_ACCOUNT", "two words@project.example"),
            ("TASKS_AUDIENCE", "1pixel.example/tasks"),
            ("TASKS_AUDIENCE", "two words"),
            ("TASKS_AUDIENCE", "//1pixel.example"),
        ],
    )
    def test_are_those_of_the_cloud(self, variable: str, value: str) -> None:
        assert refusal(**{variable: value}).startswith(f"{variable}: ")

    def test_may_name_their_audience_by_a_word(self) -> None:
        assert public_settings(TASKS_AUDIENCE="1pixel-tasks").tasks_audience == "1pixel-tasks"


class TestALocalRun:
    def test_is_as_easy_as_ever(self) -> None:
        local = settings(SESSION_KEYS="one", C7_WEBHOOK_USERS="a:b", FRAME_ANCESTORS="*")
        assert (local.is_local, local.store, local.c7_app_secret) == (
            True,
            "sqlite",
            "sandbox-secret",
        )
