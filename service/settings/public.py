"""What a service that others can reach must not be started with. No fault repeats a value."""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from service.settings.addresses import DEFAULT_BASE_URL, address_fault, ancestor_fault
from service.settings.weakness import (
    SHORTEST_PASSWORD,
    SHORTEST_SESSION_KEY,
    is_drawn,
    is_guessable,
    is_published,
    key_bytes,
)

if TYPE_CHECKING:
    from service.settings import Settings

# Their defaults are public, so they are fit only for a sandbox on the same machine.
_SANDBOX_ONLY = (
    "meta_graph_url",
    "c7_api_url",
    "c7_admin_url",
    "c7_app_id",
    "c7_app_secret",
    "c7_webhook_users",
    "frame_ancestors",
)
_EMULATORS = ("firestore_emulator_host", "cloud_tasks_emulator_host")
_ADDRESSES = ("meta_graph_url", "c7_api_url", "c7_admin_url")
_LOGINS = ("c7_app_id", "c7_app_secret", "smtp_user", "smtp_password")
_LISTS_OF_SECRETS = ("c7_webhook_users", "session_keys", "token_keys")
_MAILBOX = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_WORD = re.compile(r"[A-Za-z0-9._-]+")
_DRAW = 'draw one: python -c "import secrets; print(secrets.token_urlsafe(32))"'
_DRAW_FERNET = (
    'draw one: python -c "from cryptography.fernet import Fernet; '
    'print(Fernet.generate_key().decode())"'
)


def public_faults(settings: "Settings", given: Collection[str]) -> Iterator[str]:
    """Yield what is wrong for a service that others can reach, the variable's name in front."""
    if fault := address_fault(settings.base_url):
        yield f"BASE_URL: {fault} (on this machine alone: {DEFAULT_BASE_URL})"
    yield from _missing(given)
    for check in (_engines, _published, _addresses, _session_keys, _token_keys, _webhook_logins):
        for name, fault in check(settings):
            yield f"{name.upper()}: {fault}"


def _missing(given: Collection[str]) -> Iterator[str]:
    for name in _SANDBOX_ONLY:
        if name not in given:
            yield f"{name.upper()}: is missing (needed where BASE_URL is public)"
    for name in _EMULATORS:
        if name in given:
            yield f"{name.upper()}: an emulator is for this machine alone"


def _engines(settings: "Settings") -> Iterator[tuple[str, str]]:
    if settings.store == "sqlite":
        yield "store", "sqlite is for this machine alone; set it to firestore"
    if settings.queue == "local":
        yield "queue", "local is for this machine alone; set it to cloud-tasks"
    if not _MAILBOX.fullmatch(settings.tasks_service_account):
        yield "tasks_service_account", "is no service account; enter its e-mail address"
    audience = settings.tasks_audience
    if not _WORD.fullmatch(audience) and (fault := address_fault(audience)):
        yield "tasks_audience", fault


def _published(settings: "Settings") -> Iterator[tuple[str, str]]:
    sentence = "is the sandbox's or an example's, so everybody knows it; enter your own"
    for name in _LOGINS:
        if is_published(getattr(settings, name)):
            yield name, sentence
    for name in _LISTS_OF_SECRETS:
        if any(map(is_published, getattr(settings, name))):
            yield name, f"an entry {sentence}"


def _addresses(settings: "Settings") -> Iterator[tuple[str, str]]:
    for name in _ADDRESSES:
        url = getattr(settings, name).replace("{tenantId}", "winery")
        if fault := address_fault(url):
            yield name, fault
    for source in settings.frame_ancestors:
        if fault := ancestor_fault(source):
            yield "frame_ancestors", f"an entry {fault}"


def _session_keys(settings: "Settings") -> Iterator[tuple[str, str]]:
    keys = settings.session_keys
    if any(len(key.encode()) < SHORTEST_SESSION_KEY for key in keys):
        yield (
            "session_keys",
            f"an entry is shorter than {SHORTEST_SESSION_KEY} bytes, which can be guessed; {_DRAW}",
        )
    if any(map(is_guessable, keys)):
        yield "session_keys", f"an entry can be guessed, as it repeats itself or was typed; {_DRAW}"
    if len(set(keys)) < len(keys):
        yield "session_keys", "an entry is there twice; remove one"
    if not {key_bytes(key) for key in keys}.isdisjoint(map(key_bytes, settings.token_keys)):
        yield "session_keys", f"an entry is one of TOKEN_KEYS, too; {_DRAW}"


def _token_keys(settings: "Settings") -> Iterator[tuple[str, str]]:
    if not all(map(is_drawn, settings.token_keys)):
        yield "token_keys", f"an entry can be guessed, as it was not drawn; {_DRAW_FERNET}"
    if len(set(map(key_bytes, settings.token_keys))) < len(settings.token_keys):
        yield "token_keys", "an entry is there twice; remove one"


def _webhook_logins(settings: "Settings") -> Iterator[tuple[str, str]]:
    for login in settings.c7_webhook_users:
        user, _, password = login.partition(":")
        if len(password) < SHORTEST_PASSWORD:
            sentence = f"a password has fewer than {SHORTEST_PASSWORD} characters"
            yield "c7_webhook_users", f"{sentence}; strangers try short ones out: {_DRAW}"
        elif password == user or is_guessable(password):
            yield "c7_webhook_users", f"a password can be guessed, as it was typed; {_DRAW}"
