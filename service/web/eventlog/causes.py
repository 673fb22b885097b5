"""The panel that groups the events of a view that were not sent by their cause."""

from collections.abc import Mapping

from flask import Blueprint, render_template
from msgspec import Struct

from service.domain.events.money import Money
from service.domain.events.reason import sentence
from service.domain.records.log_view import LogView
from service.domain.records.resend import resend_eligibility
from service.domain.tenants.tenant import Tenant
from service.usecases.eventlog.find_causes import Cause, Causes, find_causes
from service.web.eventlog.advice import advice_for
from service.web.eventlog.job_messages import counted
from service.web.eventlog.jobs import asked_view
from service.web.eventlog.query import query_of
from service.web.eventlog.reasons import Advice, section_for
from service.web.eventlog.rows import amount
from service.web.eventlog.view_words import view_words
from service.web.eventlog.why import why
from service.web.request.current import now, services
from service.web.request.guard import may_write, require_session, session, visited_tenant

causes = Blueprint("causes", __name__)
causes.before_request(require_session)


class CauseWords(Struct, frozen=True, kw_only=True):
    """One cause ready to print: how many events, their amounts, why, and what to do.

    `resend` is the label of the button that sends them again, and `resend_query` its view; both are
    empty if none can be sent again.
    """

    status: str
    reason: str
    number: str
    value: str
    why: str
    section: str
    advice: Advice
    resend: str
    resend_query: str


@causes.get("/activity/causes")
def show() -> str:
    """Return why events of the view were not sent; change nothing."""
    tenant = visited_tenant(is_fresh=True)
    view = asked_view(tenant)
    found = find_causes(tenant, view, services=services())
    return render_template(
        "eventlog/_causes.html",
        title=_title(found),
        filters=view_words(view, timezone=tenant.settings.timezone),
        is_least=found.is_least,
        lost=_amounts(found.lost),
        open=_amounts(found.open),
        causes=[_words(each, view, tenant) for each in found.causes],
        may_write=may_write(session()),
    )


def _title(found: Causes) -> str:
    number = len(found.causes)
    if not number:
        return "All of these events were sent or are on their way"
    return f"Why events were not sent: {counted(number, 'cause')}"


def _words(cause: Cause, view: LogView, tenant: Tenant) -> CauseWords:
    record = cause.newest
    details = record.deliveries[cause.role].details if cause.role else record.details
    can_resend = counted(cause.can_resend, "event") if cause.can_resend and cause.reason else ""
    eligibility = resend_eligibility(record, tenant, now=now())
    timezone = tenant.settings.timezone
    return CauseWords(
        status=cause.status,
        reason=sentence(cause.reason, details),
        number=counted(cause.number, "event"),
        value=_amounts(cause.value),
        why=why(cause.reason, details),
        section=section_for(cause.reason, details),
        advice=advice_for(record, cause.role, eligibility),
        resend=f"Send {can_resend} again" if can_resend else "",
        resend_query=query_of(view, timezone=timezone, cause=cause.reason or ""),
    )


def _amounts(value: Mapping[str, int]) -> str:
    """Return amounts in minor units by currency as text: `1,200.00 USD, 80.00 CAD`."""
    return ", ".join(
        amount(Money(minor=minor, currency=currency)) for currency, minor in value.items() if minor
    )
