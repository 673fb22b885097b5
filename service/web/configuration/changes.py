"""The audit trail, as the Configuration tab prints it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import msgspec
from flask import Blueprint, render_template, request
from msgspec import Struct

from service.domain.tenants.audit import LOG, AuditEntry, Change, ChangeKind
from service.domain.tenants.settings_history import with_value
from service.domain.tenants.tenant import Tenant, TenantSettings
from service.usecases.tenants.read_changes import ChangePage, read_changes
from service.web.configuration.messages import SETTINGS
from service.web.request.current import services
from service.web.request.guard import may_write, require_session, session, visited_tenant
from service.web.request.times import LocalTime, local_time

changes = Blueprint("changes", __name__)
changes.before_request(require_session)

_SWITCH = {True: "on", False: "off"}
_KINDS: Mapping[ChangeKind, str] = MappingProxyType(
    {
        ChangeKind.PIXELS: "Pixels",
        ChangeKind.SWITCHES: "Events and channels",
        ChangeKind.SETTINGS: "Other settings",
        ChangeKind.LOG: "Event Log",
    }
)


class ChangeLine(Struct, frozen=True, kw_only=True):
    """One change in words, with the value to restore, as JSON and in words, where there is one."""

    text: str
    name: str
    before: str
    restored: str


class ChangeRow(Struct, frozen=True, kw_only=True):
    """One staff member's changes at one time, ready to print."""

    who: str
    at: LocalTime
    changes: Sequence[ChangeLine]


class Kind(Struct, frozen=True, kw_only=True):
    """One choice of the filter; without a name all changes."""

    name: str
    title: str
    is_chosen: bool


class ChangeList(Struct, frozen=True, kw_only=True):
    """A page of the audit trail, with the numbers of the pages beside it, 0 for none."""

    rows: Sequence[ChangeRow]
    kinds: Sequence[Kind]
    kind: str
    newer: int
    older: int

    @property
    def is_filtered(self) -> bool:
        """Tell whether only changes of one kind are shown."""
        return bool(self.kind)


@changes.get("/configuration/changes")
def show() -> str:
    """Return a page of the audit trail."""
    tenant = visited_tenant(is_fresh=True)
    asked = request.args.get("kind", "")
    kind = ChangeKind(asked) if asked in set(ChangeKind) else None
    number = request.args.get("page", 1, type=int)
    page = read_changes(tenant.id, kind=kind, number=number, services=services())
    return render_template(
        "configuration/_change_list.html",
        change_list=change_list(page, tenant, kind=kind),
        may_write=may_write(session()),
    )


def change_list(page: ChangePage, tenant: Tenant, *, kind: ChangeKind | None = None) -> ChangeList:
    """Return the page as it is printed."""
    kinds = [Kind(name=each, title=title, is_chosen=each is kind) for each, title in _KINDS.items()]
    return ChangeList(
        rows=[change_row(entry, tenant) for entry in page.entries],
        kinds=[Kind(name="", title="All", is_chosen=kind is None), *kinds],
        kind=kind or "",
        newer=page.number - 1,
        older=page.number + 1 if page.has_older else 0,
    )


def change_row(entry: AuditEntry, tenant: Tenant) -> ChangeRow:
    """Return an entry of the audit trail as the page shows it."""
    return ChangeRow(
        who=entry.who,
        at=local_time(entry.at, tenant.settings.timezone),
        changes=[
            ChangeLine(
                text=change_text(each),
                name=each.name,
                before=each.before if _is_restorable(each, tenant.choices) else "",
                restored=_value(each.before),
            )
            for each in entry.changes
        ],
    )


def _is_restorable(change: Change, settings: TenantSettings) -> bool:
    return with_value(settings, change) != settings


def change_text(change: Change) -> str:
    """Return one change as text: `AddToCart: on → off`."""
    name = SETTINGS.get(change.name) or change.name.rpartition(".")[2]
    if change.is_of_token:
        return f"{name} {'removed' if change.before else 'replaced'}"
    if change.name == LOG:
        return f"{name}: {_value(change.before)} {_value(change.after)}"
    return f"{name}: {_value(change.before)} → {_value(change.after)}"


def _value(encoded: str) -> str:
    value = msgspec.json.decode(encoded) if encoded else None
    if isinstance(value, bool):
        return _SWITCH[value]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text or "empty"
