"""The Configuration tab's template variables: the form, what is known, and the last action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.tenants.tenant import Role
from service.usecases.tenants.read_configuration import Configuration, SavedToken
from service.web.configuration import messages as words
from service.web.configuration.changes import ChangeRow, change_row
from service.web.configuration.form import Form, form_of
from service.web.configuration.setup_messages import setup_rows
from service.web.request.current import now, settings
from service.web.request.guard import rights
from service.web.request.times import LocalTime, local_time

_ZONES = (
    "America/Los_Angeles", "America/Denver", "America/Phoenix", "America/Chicago",
    "America/New_York", "America/Anchorage", "Pacific/Honolulu", "America/Vancouver",
    "America/Toronto", "America/Halifax", "Australia/Adelaide", "Australia/Melbourne",
    "Australia/Sydney", "Australia/Perth", "Pacific/Auckland", "Africa/Johannesburg",
    "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Rome", "Europe/Madrid",
    "Europe/Lisbon", "America/Santiago", "America/Argentina/Mendoza",
)  # fmt: skip
"""Suggested time zones, where wine is grown and sold; the field accepts every zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A save that came after another user's: the newest change, and the changes not saved."""

    newest: ChangeRow | None
    wanted: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """The result of the last action; `saved` names the button that was pressed."""

    form: Form | None = None
    saved: str = ""
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelCard:
    """One pixel's part of the form; `token` is `None` where no token is saved."""

    role: Role
    is_used: bool
    has_fault: bool
    token: SavedToken | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A field's fault, in the summary above the form."""

    field: str
    label: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A site that carries the snippet but is not one of the shop's domains."""

    host: str
    seen_at: LocalTime


def page_of(known: Configuration, note: Note) -> Mapping[str, object]:
    """Return everything that the tab's templates need."""
    tenant = known.tenant
    form = note.form or form_of(tenant.choices)
    zone = tenant.settings.timezone
    seen_at = tenant.progress.snippet_seen_at
    return {
        "form": form,
        "faults": _faults(form),
        "note": note,
        "version": tenant.choices.version,
        **rights(),
        "pixels": [_pixel(known, form, role) for role in Role],
        "words": words,
        "shop": tenant.shop,
        "zones": _ZONES,
        "refused": [
            Refused(host=each.host, seen_at=local_time(each.seen_at, zone))
            for each in known.refused
        ],
        "changes": [change_row(entry, zone) for entry in known.changes],
        "setup": known.setup,
        "setup_rows": setup_rows(known.setup),
        "settings": tenant.settings,
        "is_code_old": _has_old_code(known),
        "snippet_url": f"{settings().base_url.rstrip('/')}/snippet/{tenant.id}.js",
        "snippet_host": tenant.progress.snippet_seen_host,
        "snippet_seen_at": local_time(seen_at, zone) if seen_at else None,
    }


def _pixel(known: Configuration, form: Form, role: Role) -> PixelCard:
    token = known.tokens.get(role)
    return PixelCard(
        role=role,
        is_used=bool(known.tenant.choices.pixel_of(role)) or token is not None,
        has_fault=any(name.startswith(f"{role}_") for name in form.faults),
        token=token,
    )


def _faults(form: Form) -> Sequence[Fault]:
    return [
        Fault(field=name, label=label, sentence=form.faults[name])
        for name, label in words.FIELDS.items()
        if name in form.faults
    ]


def _has_old_code(known: Configuration) -> bool:
    has_code = bool(known.tenant.choices.test_event_code)
    return has_code and known.tenant.progress.has_old_test_code(now())
