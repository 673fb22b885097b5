"""Send a test e-mail: a button beside the address for alerts."""

import logging

from flask import Blueprint, render_template

from service.usecases.alerts.send_trial_mail import Trial, TrialResult, send_trial_mail
from service.web.configuration.connection_messages import BAD, GOOD, WARN
from service.web.request.contact import contact_of
from service.web.request.current import limits, now, services, settings
from service.web.request.guard import require_session, session, visited_tenant, writers_only

trial = Blueprint("trial", __name__)
trial.before_request(require_session)
log = logging.getLogger(__name__)

_TOO_OFTEN = (WARN, "Not sent: too many test e-mails. Try again in a minute.")
_WORDS = {
    TrialResult.SENT: (GOOD, "Sent to {}. If it does not arrive, check the spam folder."),
    TrialResult.NO_ADDRESS: (WARN, "Not sent. Enter an e-mail address and save first."),
    TrialResult.NO_SERVER: (BAD, "Not sent. E-mail is not set up for 1Pixel. Contact support."),
    TrialResult.REFUSED: (BAD, "Not sent to {}. Our mail server did not accept it. Try again."),
}


@trial.post("/configuration/test-mail")
@writers_only
def send() -> tuple[str, int]:
    """Send a test e-mail to the saved address, and say what became of it."""
    tenant = visited_tenant(is_fresh=True)
    if limits().test_requests.retry_after(tenant.id, now=now()):
        return _fragment(*_TOO_OFTEN), 429
    staff = session().staff
    sent = send_trial_mail(
        tenant, who=staff.name, contact=contact_of(tenant.id), services=services()
    )
    _log(tenant.id, sent)
    tone, sentence = _WORDS[sent.result]
    return _fragment(tone, sentence.format(sent.address)), 200


def _fragment(tone: str, sentence: str) -> str:
    return render_template(
        "configuration/_trial_mail.html",
        tone=tone,
        sentence=sentence,
        support_email="" if tone == GOOD else settings().support_email,
    )


def _log(tenant_id: str, sent: Trial) -> None:
    fields = {"tenant": tenant_id, "result": sent.result, "cause": sent.cause or None}
    log.info("test_mail.sent", extra=fields)
