"""The audit trail, as the Configuration tab prints it."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from service.domain.tenants.audit import AuditEntry, Change
from service.web.configuration.messages import SETTINGS
from service.web.request.times import LocalTime, local_time

_SWITCH = {True: "on", False: "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One staff member's changes at one time, ready to print."""

    who: str
    at: LocalTime
    changes: Sequence[str]


def change_row(entry: AuditEntry, zone: str | None) -> ChangeRow:
    """Return an entry of the audit trail as the page shows it."""
    return ChangeRow(
        who=entry.who,
        at=local_time(entry.at, zone),
        changes=[change_text(each) for each in entry.changes],
    )


def change_text(change: Change) -> str:
    """Return one change as text: `AddToCart: on → off`."""
    name = SETTINGS.get(change.name) or change.name.rpartition(".")[2]
    if change.name.endswith(".token"):
        return f"{name} {'removed' if change.before else 'replaced'}"
    return f"{name}: {_value(change.before)} → {_value(change.after)}"


def _value(encoded: str) -> str:
    value = msgspec.json.decode(encoded) if encoded else None
    if isinstance(value, bool):
        return _SWITCH[value]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return text or "nothing"
