"""Send a winery's report by e-mail: once for each week or month (docs/adr/0040).

The report is written first; then the period is recorded as told, which only one process can do, and
only then the mail server is asked to take the e-mail.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from service.domain.copies import replace
from service.domain.figures.figures import Period
from service.domain.figures.next_steps import NextStep
from service.domain.health.health import HealthState
from service.domain.mail.mail import Contact, Mail
from service.domain.mail.report import PixelScores, Report, Situation, to_do
from service.domain.mail.report_mail import report_mail
from service.domain.shop.order import Channel
from service.domain.shop.time_zone import start_of_day, zone_of
from service.domain.tenants.report_plan import ReportPeriod, ReportPlan
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import sends_sales_of
from service.ports import MailError, Services
from service.usecases.alerts.notify import Notified
from service.usecases.alerts.read_health import read_health
from service.usecases.figures.read_figures import read_figures, steps_of
from service.usecases.figures.read_quality import read_quality
from service.usecases.tenants.schedule_alerts import gets_alert_mail

StepWords = Callable[[NextStep], str]

COUNTED_WITHIN = timedelta(hours=19)
"""For how long after a period's end a report waits for events that are still to be counted."""

KEY = "report"
"""The report's name among the e-mails."""


def send_report(
    tenant_id: str, *, now: datetime, contact: Contact, words: StepWords, services: Services
) -> Notified:
    """Send the report that is due, if any; `words` puts the next steps into the dashboard's words.

    Where no e-mail can be sent, or the app is not installed, the period is passed over. Safe to run
    twice at once, and never sends a period's report twice. An e-mail that the mail server does not
    take is tried again, for some hours.

    Raises:
        StoreUnavailableError: nothing was sent, or its failure is not recorded; in the latter case
            the period has no report.
    """
    tenant = services.tenants.find(tenant_id)
    plan = tenant.notices.report if tenant else ReportPlan()
    period = plan.period_due(now, tenant.settings.timezone) if tenant else None
    if tenant is None or period is None:
        return Notified()
    is_wanted = tenant.installation.is_installed and gets_alert_mail(tenant, services=services)
    report = None
    if is_wanted:
        report = _report(tenant, period, now=now, words=words, services=services)
    if is_wanted and report is None:
        return Notified()
    is_ours = _replace(tenant_id, plan.told(period), over=plan, services=services)
    if report is None or not is_ours:
        return Notified()
    mail = report_mail(report, tenant_id=tenant_id, contact=contact)
    return _hand_over(tenant, mail, period, services=services)


def _hand_over(tenant: Tenant, mail: Mail, period: ReportPeriod, *, services: Services) -> Notified:
    """Let the mail server take the e-mail; if it does not, put the plan back for another try."""
    if services.mailer is None:
        return Notified()
    plan = tenant.notices.report
    try:
        services.mailer.send(to=tenant.settings.alert_email, mail=mail)
    except MailError as error:
        refused = plan.refused(period, now=services.clock())
        _replace(tenant.id, refused, over=plan.told(period), services=services)
        return Notified(failed=(KEY,), cause=str(error))
    return Notified(sent=(KEY,))


def _replace(tenant_id: str, plan: ReportPlan, *, over: ReportPlan, services: Services) -> bool:
    """Write the plan if the stored one still is `over`; return whether it was written."""

    def changed(known: Tenant) -> Tenant:
        if known.notices.report != over:
            return known
        return replace(known, notices=replace(known.notices, report=plan))

    before = services.tenants.update(tenant_id, lambda known: known and changed(known)).before
    return before is not None and before.notices.report == over


def _report(
    tenant: Tenant, period: ReportPeriod, *, now: datetime, words: StepWords, services: Services
) -> Report | None:
    """Return the report; `None` if it is to wait, while many events are still to be counted."""
    zone = tenant.settings.timezone
    span = Period(since=_midnight(period.since, zone), until=_midnight(period.until, zone))
    known = read_figures(tenant, span, services=services)
    if known.is_behind and now < span.until + COUNTED_WITHIN:
        return None
    pixels = read_quality(tenant, has_history=False, services=services)
    reports = [each.report for each in pixels if each.report]
    health = read_health(tenant, now=now, services=services)
    is_live = health.state is HealthState.LIVE
    situation = Situation(
        steps=[words(each) for each in steps_of(health, known)],
        is_quiet=is_live and not known.figures.total.sent,
        quality=reports,
        sends_tasting_room=sends_sales_of(tenant, Channel.POS),
    )
    return Report(
        period=period,
        figures=known.figures,
        before=known.before,
        is_partial=known.is_partial or known.is_behind,
        held=known.held,
        failed=known.failed,
        scores=[
            PixelScores(
                role=each.role,
                pixel_id=each.pixel_id,
                on=start_of_day(each.report.answered_at, zone).date(),
                events=each.report.events,
            )
            for each in pixels
            if each.report and each.report.answered_at
        ],
        to_do=to_do(situation),
    )


def _midnight(day: date, zone: str | None) -> datetime:
    return datetime.combine(day, time(0), zone_of(zone))
