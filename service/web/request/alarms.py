"""Alarms: log lines at ERROR, by which the operator is called."""

import logging

from service.web.request.current import limits, now

log = logging.getLogger(__name__)


def raise_alarm(name: str, *, tenant_id: str | None = None) -> None:
    """Log an alarm about what a caller did, who may do it without end.

    Of one name a process logs five at once and then one a minute.
    """
    if limits().alarms.retry_after(name, now=now()) is None:
        log.error(name, extra={"tenant": tenant_id} if tenant_id else {})
