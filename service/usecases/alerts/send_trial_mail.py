"""Send a test e-mail to the winery's saved address for alerts."""

from enum import StrEnum

from msgspec import Struct

from service.domain.mail.mail import Contact
from service.domain.mail.trial_mail import trial_mail
from service.domain.tenants.tenant import Tenant
from service.ports import MailError, Services


class TrialResult(StrEnum):
    """What became of the test e-mail; the values are words for the log."""

    SENT = "sent"
    NO_ADDRESS = "no address"
    NO_SERVER = "no mail server"
    REFUSED = "not taken by the mail server"


class Trial(Struct, frozen=True, kw_only=True):
    """The result, the address that it is about, and why the mail server refused."""

    result: TrialResult
    address: str
    cause: str = ""


def send_trial_mail(tenant: Tenant, *, who: str, contact: Contact, services: Services) -> Trial:
    """Send the e-mail and return what became of it; `who` asked for it."""
    address = tenant.settings.alert_email
    if services.mailer is None:
        return Trial(result=TrialResult.NO_SERVER, address=address)
    if not address:
        return Trial(result=TrialResult.NO_ADDRESS, address=address)
    try:
        services.mailer.send(
            to=address, mail=trial_mail(tenant_id=tenant.id, who=who, contact=contact)
        )
    except MailError as error:
        return Trial(result=TrialResult.REFUSED, address=address, cause=str(error))
    return Trial(result=TrialResult.SENT, address=address)
