"""E-mails use the words of a winery's marketing manager."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.domain.health.alerts import Alert, AlertKind, Severity
from service.domain.mail.alert_mail import mail_about
from service.domain.mail.mail import Contact, Mail
from service.domain.mail.trial_mail import trial_mail
from service.domain.tenants.tenant import Role
from tests.plain_words import unplain

CONTACT = Contact(admin_url="https://admin.example", support_email="help@example.com")
REPORTS = sorted((Path(__file__).parents[3] / "vectors/reports").glob("*.txt"))
SENT = (
    AlertKind.TOKEN,
    AlertKind.CURRENCY,
    AlertKind.ADDRESS,
    AlertKind.STUCK,
    AlertKind.WEBHOOKS,
)


def unplain_in(mail: Mail) -> list[str]:
    return [*unplain(mail.subject), *unplain(mail.text)]


@pytest.mark.parametrize("kind", SENT)
def test_an_alert_is_plain(kind: AlertKind) -> None:
    alert = Alert(
        kind=kind,
        severity=Severity.ACT,
        sentence="Events are late.",
        advice="No action needed.",
        since=datetime(2026, 8, 5, tzinfo=UTC),
        role=Role.PRIMARY,
    )
    assert unplain_in(mail_about(alert, tenant_id="ridge", contact=CONTACT)) == []


def test_a_test_e_mail_is_plain() -> None:
    assert unplain_in(trial_mail(tenant_id="ridge", who="Olive Owner", contact=CONTACT)) == []


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_a_report_is_plain(path: Path) -> None:
    assert unplain(path.read_text()) == ()
