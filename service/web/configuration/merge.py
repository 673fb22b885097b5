"""A form that was filled from settings which another user has changed since.

What the user changed is kept, and everything else follows the present settings.
"""

from collections.abc import Mapping

from msgspec import Struct

from service.domain.tenants.audit import changes_between, net_changes
from service.domain.tenants.settings_history import settings_at
from service.usecases.tenants.read_configuration import Configuration
from service.web.configuration.changes import ChangeRow, change_row, change_text
from service.web.configuration.form import ON, Filled, Form, form_of, read_form


class Conflict(Struct, frozen=True, kw_only=True):
    """A save that came after another user's: the newest change, and what differs.

    `theirs` are the changes that were saved meanwhile, `ours` those that this save would make now.
    """

    newest: ChangeRow | None
    theirs: tuple[str, ...]
    ours: tuple[str, ...]


class Merged(Struct, frozen=True, kw_only=True):
    """The form with this user's changes to the present settings, and what differs."""

    __repr__ = object.__repr__

    filled: Filled
    conflict: Conflict


def merged(typed: Mapping[str, str], known: Configuration, *, version: str) -> Merged:
    """Return the submitted form, filled from settings of this version, on the present settings.

    Where the audit trail does not lead back to that version, every difference is the user's.
    """
    present, entries = known.tenant.choices, known.changes
    found = settings_at(version, present, entries)
    before, since = found or (present, ())
    fields = _fields(typed, before=form_of(before), present=form_of(present))
    filled = read_form(fields, before=present, has_token=known.has_token)
    of_settings = [each for each in entries if each.is_of_settings]
    theirs = [each for each in since if each.is_of_settings] or of_settings[:1]
    ours = changes_between(present, filled.settings, new_tokens=filled.tokens)
    return Merged(
        filled=filled,
        conflict=Conflict(
            newest=change_row(of_settings[0], known.tenant) if of_settings else None,
            theirs=tuple(change_text(each) for each in net_changes(reversed(theirs))),
            ours=tuple(change_text(each) for each in ours),
        ),
    )


def _fields(typed: Mapping[str, str], *, before: Form, present: Form) -> Mapping[str, str]:
    """Return the form's fields: those that the user changed as typed, the others as saved."""
    kept = {
        name: text
        for name, text in present.texts.items()
        if name in typed and _plain(typed[name]) == _plain(before.texts[name])
    }
    fields = {**{name: text for name, text in typed.items() if text != ON}, **kept}
    on = {name for name, text in typed.items() if text == ON}
    changed = on ^ before.on
    return fields | dict.fromkeys(present.on - changed | on & changed, ON)


def _plain(text: str) -> str:
    """Return the text as it was before a browser sent it, with line breaks of its own."""
    return "\n".join(text.split("\r\n")).strip()
