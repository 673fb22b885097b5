"""E-mails to wineries, as the tasks send them: whom they name, and what the log says of them."""

import logging
from collections.abc import Collection

from service.domain.figures.next_steps import NextStep
from service.usecases.alerts.notify import Notified, notify_stuck
from service.web.figures.messages import step_words
from service.web.request.contact import contact_of
from service.web.request.current import now, services

MOST_NOTIFIED = 10
"""The most wineries that one sweep notifies."""

log = logging.getLogger(__name__)


def step_text(step: NextStep) -> str:
    """Return a step as the Overview says it."""
    words = step_words(step)
    return f"{words.fact} {words.advice}"


def log_notified(tenant_id: str, notified: Notified) -> None:
    """Log which e-mails were sent to the winery, by alert or as its report, and which were not."""
    for key in notified.sent:
        log.info("alert.mailed", extra={"tenant": tenant_id, "reason": key})
    for key in notified.failed:
        fields = {"tenant": tenant_id, "reason": key, "cause": notified.cause}
        log.error("alert.not_mailed", extra=fields)


def report_stuck(stuck: Collection[str]) -> None:
    """Log the wineries with events that have been queued for too long, and notify some of them."""
    for tenant_id in sorted(stuck):
        log.error("events.stuck", extra={"tenant": tenant_id})
    notified = notify_stuck(
        sorted(stuck), most=MOST_NOTIFIED, now=now(), contact=contact_of, services=services()
    )
    for tenant_id, each in notified.items():
        log_notified(tenant_id, each)
