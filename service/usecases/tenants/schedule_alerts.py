"""Have a winery's alerts looked at, where there is somebody to tell."""

from contextlib import suppress
from datetime import datetime

from service.domain.tenants.tenant import Tenant
from service.ports import QueueUnavailableError, Services
from service.usecases.tasks import alerts_task


def gets_alert_mail(tenant: Tenant, *, services: Services) -> bool:
    """Tell whether this winery's people are told of its alerts by e-mail."""
    return services.mailer is not None and bool(tenant.settings.alert_email)


def schedule_alerts_check(
    tenant: Tenant, *, now: datetime, services: Services, by: str = ""
) -> None:
    """Have the alerts looked at: one may have begun, or be over.

    Those who call it `by` one name at one time ask for it once. What the queue does not take is
    found by the next change, and a lasting alert by the sweep.
    """
    if gets_alert_mail(tenant, services=services):
        task = alerts_task(tenant.id, due_at=now, by=by or services.new_id())
        with suppress(QueueUnavailableError):
            services.queue.enqueue(task)
