"""The figures of the Overview: a fragment of its own, loaded with the tab and then once a minute.

The tab itself is polled every five seconds, so it never holds more than the fragment's place.
"""

import logging
from collections.abc import Sequence

from flask import Blueprint, render_template, request

from service.domain.tenants.tenant import Role, Tenant
from service.ports import StoreUnavailableError
from service.usecases.figures.read_figures import read_figures
from service.usecases.figures.read_quality import PixelQuality, read_quality
from service.web.figures.page import FiguresPage, page_of
from service.web.figures.periods import CHOICES, choice_of, period_of
from service.web.health.views import health_now
from service.web.request.current import now, services
from service.web.request.guard import require_session, visited_tenant

figures = Blueprint("figures", __name__)
figures.before_request(require_session)
log = logging.getLogger(__name__)


@figures.get("/overview/figures")
def show() -> str:
    """Return the figures of the chosen period; without the store, a sentence in their place."""
    choice = choice_of(request.args.get("period", ""))
    tenant, at = visited_tenant(), now()
    page: FiguresPage | None = None
    try:
        period = period_of(choice, now=at, zone=tenant.settings.timezone)
        known = read_figures(tenant, period, services=services())
        health = health_now(tenant)
        page = page_of(tenant, known, _qualities(tenant), health=health, choice=choice, now=at)
    except StoreUnavailableError:
        log.warning("figures.unavailable", extra={"tenant": tenant.id})
    return render_template(
        "figures/_figures.html", figures=page, choice=choice, choices=CHOICES, is_first=False
    )


def _qualities(tenant: Tenant) -> Sequence[PixelQuality]:
    """Return what is known of the primary pixel's match quality; nothing without the store."""
    try:
        return read_quality(tenant, has_history=False, services=services(), roles=(Role.PRIMARY,))
    except StoreUnavailableError:
        return ()
