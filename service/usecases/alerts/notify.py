"""Write to a winery's people about what needs them: one e-mail when it begins."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.tenants.alert_mail import Contact, mail_about
from service.domain.tenants.alerts import Alert, AlertKind
from service.domain.tenants.notices import Notices, claimed, mailed, refused, seen
from service.domain.tenants.tenant import Tenant
from service.ports import Mailer, MailError, Services
from service.usecases.alerts.read_alerts import alerts_in
from service.usecases.tenants.schedule_alerts import gets_alert_mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """Which alerts were written of, which could not be, and why."""

    sent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    cause: str = ""


def notify_alerts(
    tenant_id: str, *, now: datetime, contact: Contact, services: Services
) -> Notified:
    """Send the e-mails that are due; of two that look at once, one does.

    Raises:
        StoreUnavailableError: an e-mail may have been sent that is not noted; it is sent again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return Notified()
    alerts = _to_be_told(tenant, now=now, services=services)
    lasting = {each.key: each.since for each in alerts}

    def looked(known: Tenant) -> Tenant:
        notices = seen(known.notices, lasting, now=now)
        return replace(known, notices=claimed(notices, notices.due(now), now=now))

    before = services.tenants.update(tenant_id, lambda known: known and looked(known)).before
    if before is None:
        return Notified()
    notices = seen(before.notices, lasting, now=now)
    keys = notices.due(now)
    due = [replace(each, since=notices.since(each.key)) for each in alerts if each.key in keys]
    if services.mailer is None or not due:
        return Notified()
    return _send(tenant, due, contact=contact, mailer=services.mailer, services=services)


def notify_stuck(
    tenant_ids: Collection[str],
    *,
    most: int,
    now: datetime,
    contact: Callable[[str], Contact],
    services: Services,
) -> dict[str, Notified]:
    """Write to the wineries whose events are stuck, but for those who know; at most so many.

    Not by a task: what keeps their events may keep that, too. The first e-mail that cannot be sent
    is the last one that is tried.

    Raises:
        StoreUnavailableError: some may not be told; the next sweep tells them.
    """
    told: dict[str, Notified] = {}
    for tenant_id in tenant_ids:
        tenant = services.tenants.get_cached(tenant_id)
        is_news = tenant and tenant.notices.since(AlertKind.STUCK) is None
        if tenant is None or not is_news or not gets_alert_mail(tenant, services=services):
            continue
        told[tenant_id] = notify_alerts(
            tenant_id, now=now, contact=contact(tenant_id), services=services
        )
        if told[tenant_id].failed or len(told) >= most:
            break
    return told


def _to_be_told(tenant: Tenant, *, now: datetime, services: Services) -> Sequence[Alert]:
    if not (tenant.installation.is_installed and gets_alert_mail(tenant, services=services)):
        return []
    return [each for each in alerts_in(tenant, now=now, services=services) if each.needs_person]


def _send(
    tenant: Tenant,
    due: Sequence[Alert],
    *,
    contact: Contact,
    mailer: Mailer,
    services: Services,
) -> Notified:
    keys = [each.key for each in due]
    sent, cause = 0, ""
    for alert in due:
        try:
            _mail(tenant, alert, contact=contact, mailer=mailer)
        except MailError as error:
            cause = str(error)
            break  # the others would wait for the same server as long again
        sent += 1
    told = Notified(sent=tuple(keys[:sent]), failed=tuple(keys[sent:]), cause=cause)
    _note(tenant.id, told, services=services)
    return told


def _mail(tenant: Tenant, alert: Alert, *, contact: Contact, mailer: Mailer) -> None:
    mail = mail_about(alert, tenant_id=tenant.id, contact=contact)
    mailer.send(to=tenant.settings.alert_email, subject=mail.subject, text=mail.text)


def _note(tenant_id: str, told: Notified, *, services: Services) -> None:
    now = services.clock()

    def noted(known: Notices) -> Notices:
        return refused(mailed(known, told.sent, now=now), told.failed, now=now)

    services.tenants.update(
        tenant_id, lambda known: known and replace(known, notices=noted(known.notices))
    )
