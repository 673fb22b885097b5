import pytest

from service.settings import Settings, SettingsError
from tests.unit.settings.environments import KEYS, PUBLIC, public_settings, settings

SANDBOX = [name for name in PUBLIC if name.startswith(("C7", "META", "FRAME"))]
CLOUD = [name for name in PUBLIC if name.startswith(("GOOGLE", "TASKS"))]


class TestFromEnv:
    def test_needs_only_keys_locally(self) -> None:
        local = settings()

        assert (local.port, local.store, local.queue) == (8080, "sqlite", "local")
        assert local.retry_min_backoff_seconds == 30
        assert local.is_local

    def test_reads_numbers_lists_and_switches(self) -> None:
        read = settings(
            PORT="9000",
            C7_WEBHOOK_USERS="old:secret, new:secret",
            C7_REQUIRE_INSTALL_AUTH="true",
            FRAME_ANCESTORS="https://a.example  https://b.example",
            RETRY_MIN_BACKOFF_SECONDS="0.5",
            WRITE_ROLES="Admin Owner,Admin",
        )
        assert read.port == 9000
        assert read.c7_webhook_users == ("old:secret", "new:secret")
        assert read.c7_require_install_auth is True
        assert read.frame_ancestors == ("https://a.example", "https://b.example")
        assert read.retry_min_backoff_seconds == 0.5
        assert read.write_roles == ("Admin Owner", "Admin")

    def test_takes_an_empty_variable_for_an_unset_one(self) -> None:
        assert settings(PORT=" ", BASE_URL="").port == 8080

    def test_ignores_what_is_not_ours(self) -> None:
        assert settings(PATH="/bin").port == 8080

    @pytest.mark.parametrize(
        ("variable", "value"),
        [
            ("PORT", "http"),
            ("PORT", "0"),
            ("PORT", "65536"),
            ("BASE_URL", "localhost:8080"),
            ("BASE_URL", "https://a.example/?x=1"),
            ("BASE_URL", "http://me:pw@localhost:8080"),
            ("BASE_URL", "http://evil.example\\@localhost"),
            ("BASE_URL", "http://[localhost"),
            ("C7_ADMIN_URL", "http://localhost/admin"),
            ("C7_ADMIN_URL", "http://localhost/?tenant={tenantId}"),
            ("STORE", "mysql"),
            ("QUEUE", "kafka"),
            ("META_GRAPH_VERSION", "26"),
            ("META_GRAPH_URL", "graph"),
            ("C7_WEBHOOK_USERS", "no-colon"),
            ("C7_WEBHOOK_USERS", "user:"),
            ("C7_WEBHOOK_USERS", ":password"),
            ("C7_WEBHOOK_USERS", "usér:password"),
            ("C7_REQUIRE_INSTALL_AUTH", "perhaps"),
            ("TOKEN_KEYS", "too-short"),
            ("RETRY_MIN_BACKOFF_SECONDS", "0"),
            ("RETRY_MIN_BACKOFF_SECONDS", "inf"),
            ("C7_WEBHOOK_USERS", ","),
            ("SESSION_KEYS", ","),
            ("TOKEN_KEYS", ","),
            ("WRITE_ROLES", ","),
            ("TRUSTED_PROXY_HOPS", "2"),
            ("UNINSTALL_GRACE_HOURS", "-1"),
            ("SMTP_HOST", "smtp://mail.example"),
            ("SMTP_HOST", "mail.example/"),
            ("SMTP_HOST", "-mail"),
            ("SMTP_PORT", "0"),
            ("SMTP_SECURITY", "ssl"),
            ("SMTP_FROM", "1Pixel <a@mail.example>"),
            ("SMTP_FROM", "a@mail.example, b@mail.example"),
            ("SMTP_FROM", "alerts"),
        ],
    )
    def test_fails_naming_the_variable(self, variable: str, value: str) -> None:
        with pytest.raises(SettingsError, match=rf"^{variable}: "):
            settings(**{variable: value})

    @pytest.mark.parametrize("variable", ["TOKEN_KEYS", "SESSION_KEYS"])
    def test_fails_naming_the_key_that_is_missing(self, variable: str) -> None:
        with pytest.raises(SettingsError, match=f"^{variable}: is missing"):
            Settings.from_env({name: value for name, value in KEYS.items() if name != variable})

    @pytest.mark.parametrize("variable", SANDBOX)
    def test_takes_no_sandbox_default_where_others_can_reach_it(self, variable: str) -> None:
        assert public_settings().base_url == "https://1pixel.example"
        with pytest.raises(SettingsError, match=f"^{variable}: is missing"):
            public_settings(**{variable: ""})

    @pytest.mark.parametrize("variable", CLOUD)
    def test_fails_naming_what_the_cloud_needs(self, variable: str) -> None:
        with pytest.raises(SettingsError, match=f"^{variable}: is missing"):
            public_settings(**{variable: ""})

    def test_fails_naming_what_one_engine_of_the_cloud_needs(self) -> None:
        with pytest.raises(SettingsError, match=r"^GOOGLE_CLOUD_PROJECT: is missing"):
            settings(STORE="firestore")

    def test_takes_no_empty_entry_of_a_list(self) -> None:
        assert settings(WRITE_ROLES="Admin, ,").write_roles == ("Admin",)

    @pytest.mark.parametrize(
        ("variable", "value"),
        [("TOKEN_KEYS", "s3cret"), ("C7_WEBHOOK_USERS", "s3cret"), ("STORE", "s3cret"),
         ("BASE_URL", "s3cret"), ("PORT", "s3cret")],
    )  # fmt: skip
    def test_never_repeats_a_secret(self, variable: str, value: str) -> None:
        with pytest.raises(SettingsError) as failure:
            settings(**{variable: value})
        assert "s3cret" not in str(failure.value)


MAIL = {
    "SMTP_HOST": "mail.example",
    "SMTP_FROM": "alerts@mail.example",
    "SMTP_USER": "us",
    "SMTP_PASSWORD": "s3cret",
}


class TestMail:
    def test_is_off_by_default_and_encrypted_once_it_is_on(self) -> None:
        assert settings().smtp_host is None
        on = settings(**MAIL)
        assert (on.smtp_host, on.smtp_port, on.smtp_security) == ("mail.example", 587, "starttls")

    @pytest.mark.parametrize("variable", list(MAIL))
    def test_fails_naming_what_is_missing(self, variable: str) -> None:
        with pytest.raises(SettingsError, match=f"^{variable}: is missing") as failure:
            settings(**{**MAIL, variable: ""})
        assert "s3cret" not in str(failure.value)

    def test_needs_no_login(self) -> None:
        nameless = settings(SMTP_HOST="mail.example", SMTP_FROM="alerts@mail.example")
        assert nameless.smtp_user == ""

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
    def test_may_go_unencrypted_to_this_machine_alone(self, host: str) -> None:
        assert settings(**MAIL, SMTP_SECURITY="tls").smtp_security == "tls"
        plain = {**MAIL, "SMTP_SECURITY": "none"}
        assert settings(**{**plain, "SMTP_HOST": host}).smtp_host == host
        with pytest.raises(SettingsError, match=r"^SMTP_SECURITY: "):
            settings(**plain)


class TestSettings:
    def test_are_frozen_and_print_no_secret(self) -> None:
        chosen = settings(C7_APP_SECRET="s3cret")

        with pytest.raises(AttributeError):
            chosen.port = 1  # type: ignore[misc] # that is the point
        assert "s3cret" not in repr(chosen)
