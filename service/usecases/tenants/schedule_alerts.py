"""Schedule a check of a winery's alerts, if it gets them by e-mail."""

from contextlib import suppress
from datetime import datetime

from service.domain.tenants.tenant import Tenant
from service.ports import QueueUnavailableError, Services
from service.usecases.tasks import alerts_task


def gets_alert_mail(tenant: Tenant, *, services: Services) -> bool:
    """Tell whether this winery is notified of its alerts by e-mail."""
    return services.mailer is not None and bool(tenant.settings.alert_email)


def schedule_alerts_check(
    tenant: Tenant, *, now: datetime, services: Services, by: str = ""
) -> None:
    """Schedule a check of the winery's alerts: one may have begun or ended.

    Calls with the same `by` and `now` make one task. If the queue does not take it, the next change
    schedules the check again, and the sweep finds lasting alerts.
    """
    if gets_alert_mail(tenant, services=services):
        task = alerts_task(tenant.id, due_at=now, by=by or services.new_id())
        with suppress(QueueUnavailableError):
            services.queue.enqueue(task)
