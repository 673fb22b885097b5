"""The e-mail about an alert. It names no customer, event or token. Pure."""

from service.domain.health.alerts import Alert, AlertKind
from service.domain.mail.mail import Contact, Facts, Mail, Paragraph, Points, closing, mail_of
from service.domain.shop.dates import moment_of

_SUBJECTS = {
    AlertKind.TOKEN: "your {role} Meta pixel needs {need}",
    AlertKind.CURRENCY: "events are on hold until you choose a currency",
    AlertKind.ADDRESS: "events are on hold until you enter your shop's address",
    AlertKind.REFUSED: "Meta refuses the events for your {role} pixel",
    AlertKind.STUCK: "events are late",
    AlertKind.WEBHOOKS: "Commerce7 no longer notifies 1Pixel of your sales",
}
_OPEN = "In Commerce7 choose Apps, then 1Pixel, then Configuration."
_STEPS = {
    AlertKind.TOKEN: (
        "In Meta's Events Manager choose this pixel, then Settings. Compare the Pixel ID.",
        "Under Conversions API choose Generate access token, and copy it.",
        _OPEN,
        (
            "Paste the token into this pixel's Access Token field and save. "
            "Events on hold are sent within a minute."
        ),
    ),
    AlertKind.CURRENCY: (
        _OPEN,
        (
            "Choose the currency your shop sells in and save. "
            "Events on hold are sent within a minute."
        ),
    ),
    AlertKind.ADDRESS: (
        _OPEN,
        (
            "Enter the address of your web shop under Shop domains and save. "
            "Events on hold are sent within a minute."
        ),
    ),
    AlertKind.WEBHOOKS: (
        "In Commerce7 choose Apps, then 1Pixel, and uninstall it.",
        "Install it again. Only an Admin Owner can do this.",
        _OPEN,
        "Enter the access token of each pixel again and save.",
    ),
    AlertKind.REFUSED: (
        "In Commerce7 choose Apps, then 1Pixel, then Event Log.",
        "Choose Error, and open one of the events: it shows what Meta objects to, and what to do.",
        "Then choose Send again.",
    ),
    AlertKind.STUCK: ("No action needed. 1Pixel shows a banner for as long as this lasts.",),
}

_WHY = (
    "You get one e-mail when this starts, and no more while it lasts. "
    'To stop these e-mails, clear the field "E-mail for alerts" in Configuration.'
)


def mail_about(alert: Alert, *, tenant_id: str, contact: Contact) -> Mail:
    """Return the e-mail about an alert that needs a person."""
    since, steps = alert.since, _STEPS[alert.kind]
    facts = (
        ("Winery", tenant_id),
        ("Pixel", f"{alert.pixel_id} ({alert.role})" if alert.role else ""),
        ("Since", moment_of(since) if since else ""),
        ("Reason", alert.detail),
    )
    return mail_of(
        f"1Pixel: {_SUBJECTS[alert.kind].format(role=alert.role, need=alert.need)} ({tenant_id})",
        [
            Paragraph(alert.sentence),
            Facts(facts),
            Paragraph(alert.advice),
            Points("What to do", steps, is_numbered=len(steps) > 1),
            *closing(contact, why=_WHY),
        ],
    )
