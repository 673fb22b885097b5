"""The Configuration tab's template variables: the form, what is known, and the last action."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from service.domain.tenants.tenant import Role
from service.usecases.tenants.read_changes import page_of_changes
from service.usecases.tenants.read_configuration import Configuration, SavedToken
from service.web.configuration import messages as words
from service.web.configuration.changes import change_list
from service.web.configuration.form import Form, form_of
from service.web.configuration.merge import Conflict
from service.web.configuration.outcome import Saved
from service.web.configuration.setup import setup_view
from service.web.configuration.snippet import snippet_card
from service.web.configuration.webhooks import webhook_rows
from service.web.health.views import health_now
from service.web.quality.views import offline_notes
from service.web.request.current import now, services, settings
from service.web.request.guard import rights

_ZONES = (
    "America/Los_Angeles", "America/Denver", "America/Phoenix", "America/Chicago",
    "America/New_York", "America/Anchorage", "Pacific/Honolulu", "America/Vancouver",
    "America/Toronto", "America/Halifax", "Australia/Adelaide", "Australia/Melbourne",
    "Australia/Sydney", "Australia/Perth", "Pacific/Auckland", "Africa/Johannesburg",
    "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Rome", "Europe/Madrid",
    "Europe/Lisbon", "America/Santiago", "America/Argentina/Mendoza",
)  # fmt: skip
"""Suggested time zones, where wine is grown and sold; the field accepts every zone."""


class Note(Struct, frozen=True, kw_only=True):
    """The result of the last action: what was saved, or the form that was refused, and why.

    `refused` names the button that was pressed.
    """

    form: Form | None = None
    saved: Saved | None = None
    refused: str = ""
    conflict: Conflict | None = None


class PixelCard(Struct, frozen=True, kw_only=True):
    """One pixel's part of the form; `token` is `None` where no token is saved."""

    role: Role
    is_used: bool
    has_fault: bool
    token: SavedToken | None


class Fault(Struct, frozen=True, kw_only=True):
    """A field's fault, in the summary above the form."""

    field: str
    label: str
    sentence: str


def page_of(known: Configuration, note: Note) -> Mapping[str, object]:
    """Return everything that the tab's templates need."""
    tenant = known.tenant
    form = note.form or form_of(tenant.choices)
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
        "change_list": change_list(page_of_changes(known.changes), tenant),
        **setup_view(health_now(tenant), tenant, here="/configuration"),
        "settings": tenant.settings,
        "sends_mail": services().mailer is not None,
        "contact_email": settings().support_email,
        "webhooks": webhook_rows(tenant),
        "is_code_old": _has_old_code(known),
        "offline_notes": offline_notes(tenant),
        "snippet": snippet_card(known.snippet, tenant),
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
