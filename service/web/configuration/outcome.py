"""What a save brings, looked at after it: a save never waits for Meta, nor fails with it."""

from collections.abc import Collection, Sequence

from flask import Blueprint, render_template, request
from msgspec import Struct

from service.domain.tenants.tenant import Role, Tenant
from service.ports import Stored
from service.usecases.tenants.follow_waiting import MOST_FOLLOWED, follow_waiting, released_by
from service.usecases.tenants.read_configuration import Configuration
from service.web.configuration.outcome_messages import NO_MAIL, waiting_outcome
from service.web.request.current import now, services
from service.web.request.guard import require_session, visited_tenant

_MOST_LOOKS = 10
"""How often the page asks for what has become of waiting events: every two seconds."""

outcome = Blueprint("outcome", __name__)
outcome.before_request(require_session)


class Saved(Struct, frozen=True, kw_only=True):
    """A save: the connections that the page is to test, and the keys of events that it released.

    `pressed` names the button, and `sentence` says what was done. `mark` differs for each save.
    `warning` says what still keeps it from having an effect.
    """

    pressed: str = ""
    sentence: str = "Saved."
    tests: Sequence[Role] = ()
    waiting: Sequence[str] = ()
    mark: str = ""
    warning: str = ""


def saved_now(
    known: Configuration,
    before: Tenant,
    *,
    new_tokens: Collection[Role],
    parked: Sequence[Stored],
) -> Saved:
    """Return the save that led from the winery `before` to what is known now.

    A connection is tested where its pixel or token is new, or was never seen to work.
    """
    tenant = known.tenant
    renewed = {role for role in Role if role in new_tokens or _is_moved(role, before, tenant)}
    testable = [role for role in tenant.settings.roles() if known.has_token[role]]
    return Saved(
        tests=[role for role in testable if role in renewed | set(known.unproven_roles)],
        mark=now().strftime("%H%M%S%f"),
        warning=NO_MAIL if services().mailer is None and _wants_mail(before, tenant) else "",
        waiting=released_by(parked, before, tenant, renewed=renewed),
    )


def _wants_mail(before: Tenant, after: Tenant) -> bool:
    """Tell whether e-mails were asked for: a report, or alerts at another address."""
    old, new = before.settings, after.settings
    is_new = (old.report, old.alert_email) != (new.report, new.alert_email)
    return bool(is_new and new.alert_email)


def _is_moved(role: Role, before: Tenant, after: Tenant) -> bool:
    return before.settings.pixel_of(role) != after.settings.pixel_of(role)


@outcome.get("/configuration/waiting")
def waiting() -> str:
    """Return what has become of the events that a save released, until that is certain."""
    tenant = visited_tenant(is_fresh=True)
    keys = request.args.get("keys", "").split()[: MOST_FOLLOWED + 1]
    looks = request.args.get("looks", 1, type=int)
    followed = follow_waiting(tenant.id, keys, services=services())
    is_more = len(keys) > MOST_FOLLOWED
    is_stopped = any(tenant.breaker(role).needs_token for role in tenant.settings.roles())
    is_certain = is_more or is_stopped or followed.sent == followed.total
    is_over = is_certain or looks >= _MOST_LOOKS
    return render_template(
        "configuration/_waiting_events.html",
        keys=keys,
        looks=0 if is_over else looks + 1,
        outcome=waiting_outcome(followed, is_more=is_more, is_over=is_over),
    )
