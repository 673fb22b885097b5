"""POST from Commerce7: verify, parse, receive, answer.

Commerce7 switches a webhook off for good after 48 hours of failures, so nothing that it may send is
refused, and what we have no use for is answered 200 (docs/adr/0004-webhook-answers.md,
docs/adr/0025-nothing-that-commerce7-sends-is-refused.md). The merchant can read our answers in
Commerce7's webhook log, so they say only what became of the signal.
"""

import logging

import msgspec
from flask import Blueprint, Response, abort, request

from service.commerce7.json_text import NotJsonError
from service.commerce7.webhook import WEBHOOK_PATH, Webhook, parse_signal, parse_webhook
from service.domain.events.reason import Reason
from service.usecases.intake.catch_up import note_dropped
from service.usecases.intake.receive_signal import Receipt, Received, receive_signal
from service.usecases.tenants.record_progress import record_webhook
from service.web.request.alarms import raise_alarm
from service.web.request.body import read_to_the_end
from service.web.request.caller import shows_login
from service.web.request.current import limits, now, services, settings

MOST_BYTES = 8 * 1024 * 1024
"""The most of a proven webhook: an order of 1,000 lines has 1.5 MiB."""
MOST_UNPROVEN_BYTES = 1024 * 1024
_IGNORED = "ignored"
_LISTED_LATER = "to be listed"

webhooks = Blueprint("webhooks", __name__)
log = logging.getLogger(__name__)


@webhooks.post(WEBHOOK_PATH)
def commerce7() -> Response:
    """Receive one webhook; 200 means recorded, a duplicate, or ignored, 503 send it again.

    A webhook without a login of ours is unproven: its object is looked up at the shop. A wrong
    login is likely an old one, so it is no reason to refuse the webhook, but one for an alarm.
    """
    is_trusted = shows_login(*settings().c7_webhook_users)
    body = read_to_the_end(most=MOST_BYTES if is_trusted else MOST_UNPROVEN_BYTES)
    if body is None:
        raise_alarm("webhook.too_large")
        return _answer(_IGNORED, 200)
    try:
        webhook = parse_webhook(body)
    except NotJsonError:
        log.warning("webhook.not_json")
        return _answer("not JSON", 400)
    if webhook is None:
        log.info("webhook.ignored")
        return _answer(_IGNORED, 200)
    if not is_trusted and "Authorization" in request.headers:
        raise_alarm("webhook.wrong_login", tenant_id=webhook.tenant_id)
    return _answer(_receive(webhook, is_trusted=is_trusted), 200)


def _receive(webhook: Webhook, *, is_trusted: bool) -> str:
    signal = parse_signal(webhook)
    if signal is None:
        log.info("webhook.ignored", extra={"tenant": webhook.tenant_id})
        return _IGNORED
    at, known = now(), services()
    if not is_trusted and limits().unproven_webhooks.retry_after(webhook.tenant_id, now=at):
        # Each unproven webhook costs look-ups at the winery's shop. One list tells of them all.
        if note_dropped(webhook.tenant_id, now=at, services=known):
            log.warning("webhook.flood", extra={"tenant": webhook.tenant_id})
        return _LISTED_LATER
    received = receive_signal(
        signal, tenant_id=webhook.tenant_id, is_trusted=is_trusted, now=at, services=known
    )
    if tenant := received.tenant:
        record_webhook(tenant, signal.kind, signal.action, at=at, services=known)
    _log_received(webhook.tenant_id, received)
    if is_trusted and received.record and received.record.reason is Reason.OTHER_ORDER:
        raise_alarm("order.unknown_kind", tenant_id=webhook.tenant_id)
    if received.receipt is Receipt.TOO_MANY:
        abort(503)  # Commerce7 sends it again, until then perhaps after the proof
    is_kept = received.receipt in {Receipt.RECORDED, Receipt.DUPLICATE}
    return str(received.receipt) if is_kept else _IGNORED


def _log_received(tenant_id: str, received: Received) -> None:
    fields: dict[str, object] = {"tenant": tenant_id, "result": received.receipt}
    if record := received.record:
        fields |= {
            "key": record.key,
            "status": record.status,
            "reason": record.sentence or None,
            "queued": received.is_queued,
        }
    log.info("webhook.received", extra=fields)


def _answer(result: str, status: int) -> Response:
    body = msgspec.json.encode({"result": result})
    return Response(body, status=status, mimetype="application/json")
