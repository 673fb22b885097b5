"""The set-up card of the Overview and of the Configuration tab, which follows the health."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request

from service.domain.events.reason import Reason
from service.domain.health.health import Health
from service.domain.records.log_view import LogView
from service.domain.records.record import Status
from service.domain.tenants.setup import Setup, SetupStep
from service.domain.tenants.tenant import Role, Tenant
from service.usecases.eventlog.resend_failed import plan_resend
from service.web.configuration.setup_messages import earlier_words, setup_rows
from service.web.health.views import health_now, health_view
from service.web.request.current import services
from service.web.request.guard import require_session, visited_tenant

_CONFIGURATION = "/configuration"
_MOST_EARLIER = 50

setup = Blueprint("setup", __name__)
setup.before_request(require_session)


@setup.get("/setup")
def show() -> str:
    """Return the card as the tab that names itself shows it."""
    here = _CONFIGURATION if request.args.get("here") == _CONFIGURATION else ""
    tenant = visited_tenant(is_fresh=True)
    view = setup_view(health_now(tenant), tenant, here=here)
    return render_template("configuration/_setup_card.html", **view)


def setup_view(health: Health, tenant: Tenant, *, here: str) -> Mapping[str, object]:
    """Return what the card's template shows in the tab `here`, and the health's line.

    The Configuration tab, which every other tab leads to, shows the card until all is done.
    """
    breaker = tenant.breaker(Role.PRIMARY)
    return {
        **health_view(health),
        "setup": health.setup,
        "setup_rows": setup_rows(
            health.setup,
            has_pixel_id=bool(tenant.settings.pixel_of(Role.PRIMARY)),
            is_refused=breaker.needs_token and breaker.reason is not Reason.TOKEN_MISSING,
            sends_mail=services().mailer is not None,
        ),
        "earlier": _earlier(health.setup, tenant),
        "here": here,
    }


def _earlier(setup: Setup, tenant: Tenant) -> str:
    """Return which events from before the set-up can be sent, until the first event was sent."""
    if SetupStep.PIXEL not in setup.done or setup.is_finished:
        return ""
    skipped = LogView(status=Status.SKIPPED)
    plan = plan_resend(
        tenant, skipped, cause=Reason.NOT_SET_UP, most=_MOST_EARLIER, services=services()
    )
    return earlier_words(plan.total, is_least=plan.is_least)
