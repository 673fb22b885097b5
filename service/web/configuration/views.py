"""The Configuration tab: all of the staff may read it, some roles may change it."""

from collections.abc import Mapping

from flask import Blueprint, abort, render_template, request

from service.domain.tenants.audit import changes_between
from service.domain.tenants.tenant import Role
from service.usecases.tenants.configure_tenant import (
    SettingsConflictError,
    change_settings,
    seen_as,
)
from service.usecases.tenants.read_configuration import Configuration, read_configuration
from service.usecases.tenants.remove_pixel import remove_pixel
from service.web.configuration.changes import change_row, change_text
from service.web.configuration.fields import legible
from service.web.configuration.form import Filled, read_form
from service.web.configuration.page import Conflict, Note, page_of
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
    replaces, save nothing: answer 409, with the current settings and the changes not saved.
    """
    known = _known()
    before, filled = known.tenant.choices, _filled(known)
    version = request.form.get("version", before.version)
    if filled.form.faults and version == before.version:
        return _fragment(known, Note(form=filled.form)), 422
    try:
        change_settings(
            session().tenant_id,
            seen_as(version, filled.settings),
            tokens=filled.tokens,
            by=session().staff,
            services=services(),
            token_versions=_token_versions(),
        )
    except SettingsConflictError:
        return _conflict()
    return _fragment(_known(), Note(saved=_pressed())), 200


@configuration.post("/configuration/pixels/<name>/remove")
@writers_only
def remove(name: str) -> tuple[str, int]:
    """Remove a pixel and its token."""
    try:
        role = Role(name)
    except ValueError:
        abort(404)
    remove_pixel(session().tenant_id, role, by=session().staff, services=services())
    return _fragment(_known(), Note(saved=f"{role}-removed")), 200


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


def _filled(known: Configuration) -> Filled:
    return read_form(
        _typed(known),
        before=known.tenant.choices,
        has_token={role: role in known.tokens for role in Role},
    )


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
    """Return the name of the pressed button; the result is shown beside it."""
    return "choices" if "allow" in request.form else request.form.get("pressed", "pixels")


def _conflict() -> tuple[str, int]:
    """Return the current settings, the newest change, and what this form would have changed."""
    known = _known()
    return _fragment(known, Note(conflict=_conflict_of(known, _filled(known)))), 409


def _conflict_of(known: Configuration, filled: Filled) -> Conflict:
    zone = known.tenant.settings.timezone
    wanted = _wanted(known, filled)
    changed = next((each for each in known.changes if each.is_of_settings), None)
    newest = change_row(changed, zone) if changed else None
    return Conflict(newest=newest, wanted=wanted)


def _wanted(known: Configuration, filled: Filled) -> tuple[str, ...]:
    """Return the form's changes, without those that would merely undo another user's."""
    was = {each.name: each.before for entry in reversed(known.changes) for each in entry.changes}
    changes = changes_between(known.tenant.choices, filled.settings, new_tokens=filled.tokens)
    return tuple(
        change_text(each) for each in changes if not each.after or was.get(each.name) != each.after
    )
