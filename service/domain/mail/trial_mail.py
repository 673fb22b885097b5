"""The e-mail that a staff member sends to see that alerts arrive. Pure."""

from service.domain.mail.mail import Contact, Facts, Mail, Paragraph, closing, mail_of

_WHY = 'A colleague pressed "Send a test e-mail" in 1Pixel. No action needed.'


def trial_mail(*, tenant_id: str, who: str, contact: Contact) -> Mail:
    """Return the e-mail; `who` pressed the button."""
    return mail_of(
        f"1Pixel: test e-mail ({tenant_id})",
        [
            Paragraph("This is a test. Alerts from 1Pixel will reach you at this address."),
            Facts((("Winery", tenant_id), ("Sent by", who))),
            *closing(contact, why=_WHY),
        ],
    )
