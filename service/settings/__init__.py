"""Settings from the environment: one `UPPER_SNAKE` variable per field, checked at start.

Production differs from a local run only by these values.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Literal

import msgspec
from cryptography.fernet import Fernet
from msgspec import Struct
from msgspec.structs import fields

from service.settings.addresses import DEFAULT_BASE_URL, LOOPBACK, is_local_run, is_loopback
from service.settings.public import public_faults

__all__ = ["DEFAULT_GRAPH_VERSION", "Settings", "SettingsError", "is_local_run"]

# Without a login, query or fragment: paths are appended to these.
_HOST, _PATH = r"[^\s/?#@\\]+", r"[^\s?#\\]*"
_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Url = Annotated[str, msgspec.Meta(pattern=rf"^https?://{_HOST}(?:/{_PATH})?$")]
_AdminUrl = Annotated[
    str, msgspec.Meta(pattern=rf"^(?=.*\{{tenantId\}})https?://{_HOST}(?:/{_PATH})?$")
]
_MailHost = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9:][A-Za-z0-9.:-]*$")]
_Mailbox = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$")]
_Texts = Annotated[tuple[_Text, ...], msgspec.Meta(min_length=1)]
_LISTS = {"c7_webhook_users", "session_keys", "token_keys", "write_roles"}
_WORDS = {"frame_ancestors"}

DEFAULT_GRAPH_VERSION = "v27.0"
"""The newest version of Meta's API, since November 2026 (Meta: Graph API, "Changelog")."""


class SettingsError(Exception):
    """The environment is unusable; the message names the variable and its fault."""


class Settings(Struct, frozen=True, kw_only=True):
    """The service's settings. They hold secrets, so they have no `repr`."""

    __repr__ = object.__repr__

    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 8080
    base_url: _Url = DEFAULT_BASE_URL

    store: Literal["sqlite", "firestore"] = "sqlite"
    sqlite_path: _Text = ".data/1pixel.db"
    google_cloud_project: str = ""

    queue: Literal["local", "cloud-tasks"] = "local"
    tasks_location: str = ""
    tasks_queue: str = ""
    tasks_bulk_queue: str = ""
    tasks_service_account: str = ""
    tasks_audience: str = ""
    firestore_emulator_host: str = ""
    cloud_tasks_emulator_host: str = ""

    meta_graph_url: _Url = "http://127.0.0.1:8090/meta"
    meta_graph_version: Annotated[str, msgspec.Meta(pattern=r"^v\d+\.0$")] = DEFAULT_GRAPH_VERSION

    c7_api_url: _Url = "http://127.0.0.1:8090/commerce7/v1"
    c7_admin_url: _AdminUrl = "http://127.0.0.1:8090/commerce7/admin/{tenantId}"
    c7_app_id: _Text = "sandbox-app"
    c7_app_secret: _Text = "sandbox-secret"  # noqa: S105 - the sandbox's, public
    c7_webhook_users: _Texts = ("sandbox:sandbox",)
    c7_require_install_auth: bool = False

    session_keys: _Texts
    token_keys: _Texts

    retry_min_backoff_seconds: Annotated[float, msgspec.Meta(gt=0, le=3600)] = 30.0
    write_roles: _Texts = ("Admin Owner", "Admin")
    frame_ancestors: tuple[str, ...] = ("http://127.0.0.1:8090",)
    trusted_proxy_hops: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0
    support_email: str = ""
    uninstall_grace_hours: Annotated[float, msgspec.Meta(ge=0)] = 48.0

    smtp_host: _MailHost | None = None
    smtp_port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: _Mailbox | None = None
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Return the settings in these variables; an empty variable counts as unset.

        Raises:
            SettingsError: a variable is missing or wrong; the message names it.
        """
        given = {
            field.name: _split(field.name, environ[field.name.upper()].strip())
            for field in fields(cls)
            if environ.get(field.name.upper(), "").strip()
        }
        try:
            settings = msgspec.convert(given, cls, strict=False)
        except msgspec.ValidationError as error:
            raise SettingsError(_in_variables(str(error))) from None
        _check(settings, given)
        return settings

    @property
    def is_local(self) -> bool:
        """Tell whether only this machine can reach the service."""
        return is_loopback(self.base_url)

    def admin_url(self, tenant_id: str) -> str:
        """Return the address of the winery's Commerce7 admin."""
        return self.c7_admin_url.replace("{tenantId}", tenant_id)


_NEEDED_BY: Mapping[str, tuple[str, ...]] = {
    "sqlite": (),
    "firestore": ("google_cloud_project",),
    "local": (),
    "cloud-tasks": (
        "google_cloud_project",
        "tasks_location",
        "tasks_queue",
        "tasks_bulk_queue",
        "tasks_service_account",
        "tasks_audience",
    ),
}


def _is_fernet_key(text: str) -> bool:
    try:
        Fernet(text)
    except ValueError:
        return False
    return True


def _is_login(text: str) -> bool:
    user, _, password = text.partition(":")
    return bool(user and password) and text.isascii()


_ENTRIES: Mapping[str, Callable[[str], bool]] = {
    "c7_webhook_users": _is_login,
    "token_keys": _is_fernet_key,
}
_FORMS = {
    "c7_webhook_users": "user:password in ASCII, comma-separated",
    "token_keys": "32 random bytes in URL-safe base64, comma-separated",
}

_LOGIN = ("smtp_user", "smtp_password")
_MAIL = (*_LOGIN, "smtp_from")


def _check_mail(settings: Settings) -> None:
    """Check the SMTP settings; without a host no e-mail is sent."""
    if settings.smtp_host is None:
        named = [name for name in _MAIL if getattr(settings, name)]
        if named:
            raise SettingsError(f"SMTP_HOST: is missing (needed with {named[0].upper()})")
        return
    if settings.smtp_from is None:
        raise SettingsError("SMTP_FROM: is missing (needed with SMTP_HOST)")
    for name, other in (_LOGIN, _LOGIN[::-1]):
        if getattr(settings, name) and not getattr(settings, other):
            raise SettingsError(f"{other.upper()}: is missing (needed with {name.upper()})")
    if settings.smtp_security == "none" and settings.smtp_host not in LOOPBACK:
        raise SettingsError("SMTP_SECURITY: none is for a server on this machine alone")


def _check(settings: Settings, given: Collection[str]) -> None:
    _check_mail(settings)
    for name in _NEEDED_BY[settings.store] + _NEEDED_BY[settings.queue]:
        if not getattr(settings, name):
            reason = f"needed with STORE={settings.store}, QUEUE={settings.queue}"
            raise SettingsError(f"{name.upper()}: is missing ({reason})")
    for name, is_well_formed in _ENTRIES.items():
        if not all(map(is_well_formed, getattr(settings, name))):
            # The entries are secrets, so the message names only the variable.
            raise SettingsError(f"{name.upper()}: an entry is malformed ({_FORMS[name]})")
    if not settings.is_local and (fault := next(public_faults(settings, given), None)):
        raise SettingsError(fault)


def _split(name: str, text: str) -> str | list[str]:
    if name in _WORDS:
        return text.split()
    if name in _LISTS:
        return [entry.strip() for entry in text.split(",") if entry.strip()]
    return text


def _in_variables(message: str) -> str:
    """Return msgspec's message with the variable's name for the field's, and without its value."""
    named = re.search(r"`\$\.(\w+)|missing required field `(\w+)`", message)
    if named is None:
        return message
    if named[2]:
        return f"{named[2].upper()}: is missing"
    if "matching regex" in message or "enum value" in message:
        return f"{named[1].upper()}: is malformed (.env.example shows how it is written)"
    return f"{named[1].upper()}: {message.partition(' - at ')[0]}"
