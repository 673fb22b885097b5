"""A winery's earlier settings, found by undoing the changes of its audit log. Pure."""

from collections.abc import Iterable
from typing import Any

import msgspec

from service.domain.tenants.audit import LOG, AuditEntry, Change
from service.domain.tenants.tenant import TenantSettings

_SETTINGS = msgspec.json.Decoder(TenantSettings)


def with_value(settings: TenantSettings, change: Change) -> TenantSettings:
    """Return the settings with the value that the setting had before this change.

    Equal settings are returned where there is nothing to undo: a secret's change, work on the log,
    a setting that this release does not have, or a value that it does not accept.
    """
    if not is_undoable(change):
        return settings
    document: dict[str, Any] = msgspec.to_builtins(settings)
    *path, last = change.name.split(".")
    part = document
    for name in path:
        part = part.get(name, {})
    if not path and last not in part:
        return settings
    try:
        part[last] = msgspec.json.decode(change.before)
        return _SETTINGS.decode(msgspec.json.encode(document))
    except msgspec.DecodeError:  # no JSON, or no value of this setting
        return settings


def is_undoable(change: Change) -> bool:
    """Tell whether the value before this change is known."""
    return bool(change.before) and change.name != LOG and not change.is_of_token


def settings_at(
    version: str, settings: TenantSettings, entries: Iterable[AuditEntry]
) -> tuple[TenantSettings, tuple[AuditEntry, ...]] | None:
    """Return the settings of this version, and the entries since then, the newest first.

    `settings` are the present ones and `entries` what was changed, the newest first. `None` if they
    do not lead back to that version.
    """
    since: list[AuditEntry] = []
    earlier = settings
    for entry in entries:
        if earlier.version == version:
            break
        since.append(entry)
        for change in entry.changes:
            earlier = with_value(earlier, change)
    return (earlier, tuple(since)) if earlier.version == version else None
