"""The Configuration tab: all of the staff may read it, some roles may change it."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request

from service.domain.copies import replace
from service.domain.tenants.audit import Change, changes_between
from service.domain.tenants.settings_history import with_value
from service.domain.tenants.tenant import Role
from service.usecases.tenants.configure_tenant import (
    SettingsConflictError,
    change_settings,
    seen_as,
)
from service.usecases.tenants.follow_waiting import parked_events
from service.usecases.tenants.read_configuration import Configuration, read_configuration
from service.usecases.tenants.remove_pixel import remove_pixel
from service.web.configuration.changes import change_text
from service.web.configuration.fields import legible
from service.web.configuration.form import fields_of, read_form
from service.web.configuration.merge import merged
from service.web.configuration.outcome import Saved, saved_now
from service.web.configuration.page import Note, page_of
from service.web.request.current import services
from service.web.request.guard import require_session, session, writers_only

configuration = Blueprint("configuration", __name__)
configuration.before_request(require_session)


@configuration.get("/configuration")
def show() -> str:
    """Return the tab's fragment."""
    return _fragment(_known(), Note())


@configuration.post("/configuration")
@writers_only
def save() -> tuple[str, int]:
    """Save the form, or return it with its faults (422).

    If another user has changed the settings since the page was shown, or a token that the form
    replaces, save nothing: answer 409, with this form's changes to the present settings.
    """
    known = _known()
    version = request.form.get("version", known.tenant.choices.version)
    if version != known.tenant.choices.version:
        return _conflict(known, _typed(known), version=version)
    return _save(known, _typed(known), pressed=_pressed())


@configuration.post("/configuration/restore")
@writers_only
def restore() -> tuple[str, int]:
    """Restore the value that one setting had before a change, as a save of it."""
    known = _known()
    name, before = (request.form.get(each, "") for each in ("name", "before"))
    earlier = with_value(known.tenant.choices, Change(name=name, before=before))
    changes = changes_between(known.tenant.choices, earlier, new_tokens=())
    done = "; ".join(change_text(each) for each in changes)
    sentence = f"Restored. {done}." if done else "Nothing to restore."
    return _save(known, fields_of(earlier), pressed="restore", sentence=sentence)


@configuration.post("/configuration/pixels/<name>/remove")
@writers_only
def remove(name: str) -> tuple[str, int]:
    """Remove a pixel and its token."""
    try:
        role = Role(name)
    except ValueError:
        abort(404)
    removed = Saved(pressed=role, sentence=f"The {role} pixel and its access token were removed.")
    remove_pixel(session().tenant_id, role, by=session().staff, services=services())
    return _fragment(_known(), Note(saved=removed)), 200


def configuration_view() -> Mapping[str, object]:
    """Return what the tab's template shows."""
    return page_of(_known(), Note())


def _known() -> Configuration:
    known = read_configuration(session().tenant_id, services=services())
    if known is None:
        abort(401)
    return known


def _fragment(known: Configuration, note: Note) -> str:
    return render_template("configuration/_configuration.html", **page_of(known, note))


def _save(
    known: Configuration, fields: Mapping[str, str], *, pressed: str, sentence: str = "Saved."
) -> tuple[str, int]:
    before = known.tenant
    filled = read_form(fields, before=before.choices, has_token=known.has_token)
    if filled.form.faults:
        return _fragment(known, Note(form=filled.form, refused=pressed)), 422
    parked = parked_events(before.id, services=services())
    try:
        change_settings(
            before.id,
            seen_as(before.choices.version, filled.settings),
            tokens=filled.tokens,
            by=session().staff,
            services=services(),
            token_versions=_token_versions(),
        )
    except SettingsConflictError:
        return _conflict(_known(), fields, version=before.choices.version)
    known = _known()
    saved = saved_now(known, before, new_tokens=filled.tokens, parked=parked)
    return _fragment(known, Note(saved=replace(saved, pressed=pressed, sentence=sentence))), 200


def _typed(known: Configuration) -> Mapping[str, str]:
    """Return the form; a refused site's Allow button adds that site to the shop's domains."""
    typed = {name: legible(text) for name, text in request.form.items()}
    if allowed := typed.get("allow"):
        listed = typed.get("shop_domains", "").split() or known.tenant.settings.shop_domains
        typed["shop_domains"] = "\n".join([*listed, allowed])
    return typed


def _token_versions() -> Mapping[Role, str]:
    """Return the versions of the tokens that the form was filled from."""
    sent = {role: request.form.get(f"{role}_token_version") for role in Role}
    return {role: version for role, version in sent.items() if version is not None}


def _pressed() -> str:
    """Return the name of the pressed button; the result is shown beside it, too."""
    return request.form.get("pressed", "choices")


def _conflict(known: Configuration, fields: Mapping[str, str], *, version: str) -> tuple[str, int]:
    found = merged(fields, known, version=version)
    who = found.conflict.newest.who if found.conflict.newest else "another user"
    if not (found.conflict.ours or found.filled.form.faults):
        saved = Saved(pressed=_pressed(), sentence=f"Already saved by {who}.")
        return _fragment(known, Note(saved=saved)), 200
    note = Note(form=found.filled.form, refused=_pressed(), conflict=found.conflict)
    return _fragment(known, note), 409
