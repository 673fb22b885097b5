"""The line at the head of the Overview and the Event Log that says whether tracking works."""

from collections.abc import Mapping

from flask import Blueprint, render_template

from service.domain.health.health import Health
from service.domain.tenants.tenant import Tenant
from service.usecases.alerts.read_health import read_health
from service.web.health.messages import health_line
from service.web.request.current import now, services
from service.web.request.etag import etag_of
from service.web.request.guard import may_write, require_session, session, visited_tenant

ALERTS_CHANGED = "alerts-changed"
"""The event at which the page asks whether the health has changed: after what may change it."""

HEALTH_CHANGED = "health-changed"
"""The event at which every place that shows the health is read anew."""

winery_health = Blueprint("winery_health", __name__)
winery_health.before_request(require_session)


@winery_health.get("/health")
def show() -> str:
    """Return the line's fragment."""
    return render_template("health/_health.html", **health_view(health_now()))


def health_now(tenant: Tenant | None = None) -> Health:
    """Return the health of the winery; of the session's, read from the store, if none is given."""
    known = tenant or visited_tenant(is_fresh=True)
    return read_health(known, now=now(), services=services())


def health_view(health: Health) -> Mapping[str, object]:
    """Return what the line's template shows, and the mark of the health for the banners."""
    return {
        "health": health_line(health),
        "health_mark": mark_of(health),
        "may_write": may_write(session()),
    }


def mark_of(health: Health) -> str:
    """Return a mark that differs whenever anything that is shown of the health does."""
    return etag_of(health.state, health.alerts, sorted(health.setup.done))
