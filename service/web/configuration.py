"""The Configuration page: everybody of the staff reads it, some roles change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, abort, render_template, request

from service.domain.event import EventName
from service.domain.order import Channel
from service.domain.tenant import Role, TenantSettings
from service.usecases.configure_tenant import configure_tenant
from service.usecases.read_configuration import Configuration, read_configuration
from service.web.configuration_form import read_form
from service.web.current import services, settings
from service.web.guard import let_staff_in, may_write, session, writers_only

configuration = Blueprint("configuration", __name__)
configuration.before_request(let_staff_in)


@configuration.get("/configuration")
def show() -> str:
    """Return the page's fragment."""
    return render_template("_configuration.html", **configuration_view())


def configuration_view() -> Mapping[str, object]:
    """Return what the tab's template shows."""
    return _view(_known(), _Note())


@configuration.post("/configuration")
@writers_only
def save() -> tuple[str, int]:
    """Save what was typed, or return it with what is wrong beside it."""
    known = _known()
    filled = read_form(
        request.form,
        before=known.settings,
        has_token={role: role in known.token_ends for role in Role},
    )
    if filled.faults:
        return _page(known, _Note(typed=filled.settings, faults=filled.faults)), 422
    configure_tenant(
        session().tenant_id,
        filled.settings,
        tokens=filled.tokens,
        by=session().staff,
        services=services(),
    )
    return _page(_known(), _Note(is_saved=True)), 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    typed: TenantSettings | None = None
    faults: Mapping[str, str] = field(default_factory=dict)
    is_saved: bool = False


def _known() -> Configuration:
    known = read_configuration(session().tenant_id, services=services())
    if known is None:
        abort(401)
    return known


def _page(known: Configuration, note: _Note) -> str:
    return render_template("_configuration.html", **_view(known, note))


def _view(known: Configuration, note: _Note) -> Mapping[str, object]:
    return {
        "settings": note.typed or known.settings,
        "token_ends": known.token_ends,
        "changes": known.changes,
        "faults": note.faults,
        "is_saved": note.is_saved,
        "may_write": may_write(session()),
        "write_roles": settings().write_roles,
        "roles": tuple(Role),
        "events": tuple(EventName),
        "channels": tuple(Channel),
    }
