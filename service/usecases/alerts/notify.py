"""Notify a merchant of alerts that need a person: one e-mail when an alert begins."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from msgspec import Struct

from service.domain.copies import replace
from service.domain.health.alerts import Alert, AlertKind
from service.domain.mail.alert_mail import mail_about
from service.domain.mail.mail import Contact
from service.domain.tenants.notices import Notices, claimed, mailed, refused, seen
from service.domain.tenants.tenant import Tenant
from service.ports import Mailer, MailError, Services
from service.usecases.alerts.read_health import read_health
from service.usecases.tenants.schedule_alerts import gets_alert_mail


class Notified(Struct, frozen=True, kw_only=True):
    """The keys of alerts whose e-mail was sent, of those whose e-mail failed, and why."""

    sent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    cause: str = ""


def notify_alerts(
    tenant_id: str, *, now: datetime, contact: Contact, services: Services
) -> Notified:
    """Send the alert e-mails that are due.

    Safe to run twice at once: only the process that records an e-mail as being sent sends it.

    Raises:
        StoreUnavailableError: an e-mail may be sent but not recorded; it is then sent again.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return Notified()
    alerts = _alerts_to_mail(tenant, now=now, services=services)
    since_by_key = {each.key: each.since for each in alerts}

    def claim_due(known: Tenant) -> Tenant:
        notices = seen(known.notices, since_by_key, now=now)
        return replace(known, notices=claimed(notices, notices.due(now), now=now))

    before = services.tenants.update(tenant_id, lambda known: known and claim_due(known)).before
    if before is None:
        return Notified()
    notices = seen(before.notices, since_by_key, now=now)
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
    """Notify at most `most` of the tenants whose events are stuck, unless they were before.

    This makes no task, since the queue may be what the events are stuck in. It stops at the first
    e-mail that cannot be sent.

    Raises:
        StoreUnavailableError: some may not be notified; the next sweep does it.
    """
    notified: dict[str, Notified] = {}
    for tenant_id in tenant_ids:
        tenant = services.tenants.get_cached(tenant_id)
        is_news = tenant and tenant.notices.since(AlertKind.STUCK) is None
        if tenant is None or not is_news or not gets_alert_mail(tenant, services=services):
            continue
        notified[tenant_id] = notify_alerts(
            tenant_id, now=now, contact=contact(tenant_id), services=services
        )
        if notified[tenant_id].failed or len(notified) >= most:
            break
    return notified


def _alerts_to_mail(tenant: Tenant, *, now: datetime, services: Services) -> Sequence[Alert]:
    if not (tenant.installation.is_installed and gets_alert_mail(tenant, services=services)):
        return []
    health = read_health(tenant, now=now, services=services)
    return [each for each in health.alerts if each.needs_person]


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
            break  # the others would run into the same server's timeout
        sent += 1
    notified = Notified(sent=tuple(keys[:sent]), failed=tuple(keys[sent:]), cause=cause)
    _record(tenant.id, notified, services=services)
    return notified


def _mail(tenant: Tenant, alert: Alert, *, contact: Contact, mailer: Mailer) -> None:
    mail = mail_about(alert, tenant_id=tenant.id, contact=contact)
    mailer.send(to=tenant.settings.alert_email, mail=mail)


def _record(tenant_id: str, notified: Notified, *, services: Services) -> None:
    now = services.clock()

    def with_results(known: Notices) -> Notices:
        return refused(mailed(known, notified.sent, now=now), notified.failed, now=now)

    services.tenants.update(
        tenant_id, lambda known: known and replace(known, notices=with_results(known.notices))
    )
