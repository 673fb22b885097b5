"""POST from Commerce7: verify, parse, receive, answer.

Commerce7 switches a webhook off for good after 48 hours of failures, so every webhook that we
understood is answered 200, even an ignored one (docs/adr/0004-webhook-answers.md). The merchant can
read our answers in Commerce7's webhook log, so they say only what became of the signal.
"""

import logging

from flask import Blueprint, Response, abort, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from service.commerce7.json_text import NotJsonError
from service.commerce7.webhook import Webhook, parse_signal, parse_webhook
from service.usecases.intake.receive_signal import Receipt, Received, receive_signal
from service.web.request.body import read_body
from service.web.request.caller import shows_login
from service.web.request.current import limits, now, services, settings

MOST_BYTES = 1024 * 1024
_IGNORED = "ignored"

webhooks = Blueprint("webhooks", __name__)
log = logging.getLogger(__name__)


@webhooks.post("/webhooks/commerce7")
def commerce7() -> tuple[Response, int]:
    """Receive one webhook; 200 means recorded, a duplicate, or ignored, 503 send it again.

    A webhook without a login is unproven: its object is looked up at the shop. A wrong login is
    answered 401.
    """
    is_trusted = shows_login(*settings().c7_webhook_users)
    if not is_trusted and "Authorization" in request.headers:
        log.warning("webhook.refused")
        return _answer("unauthorized", 401)
    try:
        webhook = parse_webhook(read_body(most=MOST_BYTES))
    except RequestEntityTooLarge:
        log.warning("webhook.too_large")
        raise
    except NotJsonError:
        log.warning("webhook.not_json")
        return _answer("not JSON", 400)
    if webhook is None:
        log.info("webhook.ignored")
        return _answer(_IGNORED, 200)
    return _answer(_receive(webhook, is_trusted=is_trusted), 200)


def _receive(webhook: Webhook, *, is_trusted: bool) -> str:
    signal = parse_signal(webhook)
    if signal is None:
        log.info("webhook.ignored", extra={"tenant": webhook.tenant_id})
        return _IGNORED
    if not is_trusted and limits().unproven_webhooks.retry_after(webhook.tenant_id, now=now()):
        # Each unproven webhook costs look-ups at the winery's shop.
        log.warning("webhook.flood", extra={"tenant": webhook.tenant_id})
        abort(503)
    received = receive_signal(
        signal,
        tenant_id=webhook.tenant_id,
        is_trusted=is_trusted,
        now=now(),
        services=services(),
    )
    _log_received(webhook.tenant_id, received)
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


def _answer(result: str, status: int) -> tuple[Response, int]:
    return jsonify(result=result), status
