"""Match quality: the cards that two tabs include, and the fragment that asks Meta for news."""

import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack

from flask import Blueprint, Response, abort, make_response, render_template, request

from service.domain.figures.quality import QualityReport
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role, Tenant
from service.domain.tenants.wanted import sends_sales_of
from service.usecases.figures.read_quality import read_quality, refresh_quality
from service.web.quality.cards import QualityCard, Showing, card_of
from service.web.quality.offline import PixelNote, pixel_notes
from service.web.request.current import limits, now, services
from service.web.request.guard import may_write, require_session, session, visited_tenant
from service.web.request.room import take_place

_QUALITY_CHANGED = "quality-changed"

quality = Blueprint("quality", __name__)
quality.before_request(require_session)
log = logging.getLogger(__name__)


@quality.get("/quality/<role>")
def show(role: str) -> Response:
    """Return a pixel's card, after Meta was asked if the stored answer is an hour old.

    The page is told, since the figures show the score as well.

    Where too many wait for Meta in this process, it shows what is stored.
    """
    try:
        asked = Role(role)
    except ValueError:
        abort(404)
    tenant = visited_tenant()
    with ExitStack() as held:
        if take_place(limits().quality_reads, held):
            _log(tenant.id, asked, refresh_quality(tenant.id, asked, services=services()))
    has_history = "history" in request.args
    cards = _cards(tenant, roles=(asked,), may_ask=False, has_history=has_history)
    if not cards:
        abort(404)
    html = render_template(
        "quality/_match_quality.html", role=asked, card=cards[0], may_write=may_write(session())
    )
    return make_response(html, {"HX-Trigger": _QUALITY_CHANGED})


def quality_view(
    tenant: Tenant, *, has_history: bool, may_ask: bool = True
) -> Mapping[str, object]:
    """Return the variables of `quality/cards.html`, from the store alone.

    What a poll shows must not ask (`may_ask`): Meta is asked when a person opens a tab.
    """
    cards = _cards(tenant, roles=tuple(Role), may_ask=may_ask, has_history=has_history)
    return {"quality_cards": cards}


def offline_notes(tenant: Tenant) -> Sequence[PixelNote]:
    """Return what is known of each pixel's dataset; nothing where no tasting-room sales are sent.

    Meta is not asked.
    """
    if not sends_sales_of(tenant, Channel.POS):
        return []
    return pixel_notes(read_quality(tenant, has_history=False, services=services()))


def _cards(
    tenant: Tenant, *, roles: Collection[Role], may_ask: bool, has_history: bool
) -> Sequence[QualityCard]:
    showing = Showing(
        now=now(),
        zone=tenant.settings.timezone,
        is_only=len(tenant.settings.roles()) == 1,
        has_tasting_room=sends_sales_of(tenant, Channel.POS),
        may_ask=may_ask,
        has_history=has_history,
    )
    known = read_quality(tenant, has_history=has_history, services=services(), roles=roles)
    return [card_of(each, showing) for each in known]


def _log(tenant_id: str, role: Role, report: QualityReport | None) -> None:
    if report is None:
        return
    fields = {"tenant": tenant_id, "role": role, "result": report.fault or "known"}
    log.info("quality.read", extra={**fields, "code": report.code})
