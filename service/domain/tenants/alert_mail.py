"""The e-mail about an alert. It names no customer, event or token. Pure."""

from dataclasses import dataclass

from service.domain.tenants.alerts import Alert, AlertKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where the winery's staff goes: Commerce7's admin, and a support address (may be empty)."""

    admin_url: str
    support_email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMail:
    """An e-mail in plain text."""

    subject: str
    text: str


_SUBJECTS = {
    AlertKind.TOKEN: "your {role} Meta pixel needs a new access token",
    AlertKind.CURRENCY: "events with a value wait until you choose a currency",
    AlertKind.ADDRESS: "events wait until you enter your shop's address",
    AlertKind.STUCK: "events are late",
}
_STEPS = {
    AlertKind.TOKEN: """\
1. In Meta's Events Manager choose this pixel, then Settings.
2. Under Conversions API choose Generate access token, and copy it.
3. In Commerce7 choose Apps, then 1Pixel, then Configuration.
4. Paste the token beside the pixel and save. What has waited is sent within a minute.""",
    AlertKind.CURRENCY: """\
1. In Commerce7 choose Apps, then 1Pixel, then Configuration.
2. Choose the currency that your shop sells in and save.
   What has waited is sent within a minute.""",
    AlertKind.ADDRESS: """\
1. In Commerce7 choose Apps, then 1Pixel, then Configuration.
2. Enter the address of your web shop under Shop domains and save.
   What has waited is sent within a minute.""",
    AlertKind.STUCK: "Nothing. If it lasts, the dashboard says so at the top.",
}

_WHY = """\
You get one e-mail when this begins, and no more while it lasts.
To get none, empty the field "E-mail for alerts" in Configuration."""


def mail_about(alert: Alert, *, tenant_id: str, contact: Contact) -> AlertMail:
    """Return the e-mail about an alert that needs a person."""
    since = alert.since
    facts = {
        "Winery": tenant_id,
        "Pixel": f"{alert.pixel_id} ({alert.role})" if alert.role else "",
        "Since": f"{since:%Y-%m-%d %H:%M} UTC" if since else "",
        "Reason": alert.detail,
    }
    help_line = f"Questions? Write to {contact.support_email}." if contact.support_email else ""
    parts = [
        alert.sentence,
        "\n".join(f"{name}: {fact}" for name, fact in facts.items() if fact),
        alert.advice,
        f"What to do:\n{_STEPS[alert.kind]}",
        f"Your Commerce7 admin: {contact.admin_url}",
        help_line,
        _WHY,
    ]
    subject = _SUBJECTS[alert.kind].format(role=alert.role)
    return AlertMail(
        subject=f"1Pixel: {subject} ({tenant_id})",
        text="\n\n".join(part for part in parts if part) + "\n",
    )
