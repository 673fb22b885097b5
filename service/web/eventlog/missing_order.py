"""Ask Commerce7 for an order that the log does not have. It may be sent, so only some roles may."""

import re
from contextlib import ExitStack

from flask import Blueprint, render_template, request

from service.domain.records.log_view import LogView, Show
from service.domain.tenants.tenant import Tenant
from service.ports import ShopError
from service.usecases.intake.ask_for_order import ask_for_order
from service.web.eventlog.order_messages import (
    NO_NUMBER,
    TOO_OFTEN,
    OrderWords,
    answer_words,
    refused_words,
)
from service.web.eventlog.reader import reader_for
from service.web.request.current import limits, now, services
from service.web.request.guard import require_session, session, visited_tenant, writers_only
from service.web.request.room import take_place

_NUMBER = re.compile(r"[0-9]{1,12}")

missing_order = Blueprint("missing_order", __name__)
missing_order.before_request(require_session)


@missing_order.post("/activity/order")
@writers_only
def ask() -> tuple[str, int]:
    """Return what Commerce7 says about the order; its event is recorded if there is one."""
    number = request.form.get("number", "")
    if not _NUMBER.fullmatch(number):
        return _fragment(NO_NUMBER), 422
    tenant = visited_tenant(is_fresh=True)
    with ExitStack() as held:
        is_allowed = not limits().shop_questions.retry_after(session().tenant_id, now=now())
        if not (is_allowed and take_place(limits().shop_lookups, held)):
            return _fragment(TOO_OFTEN), 429
        return _fragment(_answer(tenant, number)), 200


def missing_number(tenant_id: str, view: LogView) -> tuple[str, bool]:
    """Return the order number that the view searches for in vain, or an empty text.

    Tell besides whether other filters hide a row with this number.
    """
    if not _NUMBER.fullmatch(view.object):
        return "", False
    everywhere = LogView(show=Show.ALL, object=view.object)
    is_hidden = services().events.count_in(tenant_id, everywhere, most=1) > 0
    return view.object, is_hidden


def _answer(tenant: Tenant, number: str) -> OrderWords:
    try:
        found = ask_for_order(tenant, number, services=services())
    except ShopError as error:
        return refused_words(number, error.refusal)
    return answer_words(number, found, reader_for(tenant))


def _fragment(words: OrderWords) -> str:
    return render_template("eventlog/_order_answer.html", words=words)
