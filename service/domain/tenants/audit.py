"""The audit log of a winery's settings: who changed what, and when."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role, TenantSettings

LOG = "event_log"
"""The name of a change that was made to the log, not to a setting."""


_SWITCHES = ("enabled", "events.", "channels.")
_TOKEN = ".token"  # noqa: S105 - the end of a name


class ChangeKind(StrEnum):
    """What a change is about; the values are parts of addresses."""

    PIXELS = "pixels"
    SWITCHES = "switches"
    SETTINGS = "settings"
    LOG = "log"


class Change(Struct, frozen=True, kw_only=True):
    """One setting that was changed; `name` is its path (`events.Purchase`), values as JSON.

    Of a secret no value is recorded: one that was removed has a `before`, a new one has neither.
    """

    name: str
    before: str = ""
    after: str = ""

    @property
    def is_of_token(self) -> bool:
        """Tell whether an access token was changed, of which no value is recorded."""
        return self.name.endswith(_TOKEN)


class AuditEntry(Struct, frozen=True, kw_only=True):
    """What one staff member changed at one time. `who_id` is Commerce7's id of the staff member."""

    at: datetime
    who: str
    who_id: str = ""
    changes: tuple[Change, ...]

    @property
    def is_of_settings(self) -> bool:
        """Tell whether a setting was changed, and not only the log."""
        return any(change.name != LOG for change in self.changes)


def kind_of(change: Change) -> ChangeKind:
    """Return what the change is about."""
    if change.name == LOG:
        return ChangeKind.LOG
    if change.name.startswith("pixels."):
        return ChangeKind.PIXELS
    return ChangeKind.SWITCHES if change.name.startswith(_SWITCHES) else ChangeKind.SETTINGS


def log_change(what: str, becomes: str) -> Change:
    """Return the change for an action on the log: `12 events` were `sent again`."""
    encode = msgspec.json.encode
    return Change(name=LOG, before=encode(what).decode(), after=encode(becomes).decode())


def changes_between(
    before: TenantSettings | None, after: TenantSettings, *, new_tokens: Collection[Role]
) -> tuple[Change, ...]:
    """Return what has changed; of a token only that there is a new one."""
    old = dict(_flat(_whole(before or TenantSettings())))
    new = dict(_flat(_whole(after)))
    names = [*new, *(name for name in old if name not in new)]
    changed = [
        Change(name=name, before=old.get(name, ""), after=new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    ]
    tokens = [Change(name=f"pixels.{role}.token") for role in Role if role in new_tokens]
    return (*changed, *tokens)


def net_changes(entries: Iterable[AuditEntry]) -> tuple[Change, ...]:
    """Return what these entries, the oldest first, changed altogether: each setting once.

    A setting that was changed back is left out. Of a token the last change counts.
    """
    net: dict[str, Change] = {}
    for change in (each for entry in entries for each in entry.changes):
        first = net.get(change.name, change)
        net[change.name] = change if change.is_of_token else replace(change, before=first.before)
    return tuple(each for each in net.values() if each.is_of_token or each.before != each.after)


def token_removed(role: Role) -> Change:
    """Return the change for the removal of the role's token."""
    return Change(name=f"pixels.{role}.token", before='"saved"')


def _whole(settings: TenantSettings) -> Mapping[str, Any]:
    """Return the settings with every switch named."""
    whole: Mapping[str, Any] = msgspec.to_builtins(
        replace(
            settings,
            events={name: settings.is_on(name) for name in EventName},
            channels={channel: settings.is_on(channel) for channel in Channel},
        )
    )
    return whole


def _flat(document: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in document.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", msgspec.json.encode(value).decode()
