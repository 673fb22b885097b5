"""POST from Commerce7: verify, parse, receive, answer.

Commerce7 switches a webhook off for good after 48 hours of failures, so whatever we understood
is a success, however little we want it (docs/adr/0004-webhook-answers.md). The merchant can read
our answers in Commerce7's webhook log: they say what became of the signal, and nothing else.
"""

import logging
from hmac import compare_digest

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from service.commerce7.json_text import NotJsonError
from service.commerce7.wire import Webhook, parse_signal, parse_webhook
from service.usecases.receive_order import Receipt, Received, receive_order
from service.web.body import read_body
from service.web.current import now, services, settings

MOST_BYTES = 1024 * 1024

webhooks = Blueprint("webhooks", __name__)
log = logging.getLogger(__name__)


@webhooks.post("/webhooks/commerce7")
def commerce7() -> tuple[Response, int]:
    """Take one webhook in; 200 means recorded, known already, or of no use to us."""
    if not _is_commerce7():
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
        return _answer("ignored", 200)
    return _answer(_receive(webhook), 200)


def _receive(webhook: Webhook) -> str:
    order = parse_signal(webhook)
    if order is None:
        log.info("webhook.ignored", extra={"tenant": webhook.tenant_id})
        return "ignored"
    received = receive_order(order, tenant_id=webhook.tenant_id, now=now(), services=services())
    _log_received(webhook.tenant_id, received)
    return "ignored" if received.receipt is Receipt.UNKNOWN_TENANT else str(received.receipt)


def _log_received(tenant_id: str, received: Received) -> None:
    fields: dict[str, object] = {"tenant": tenant_id, "result": received.receipt}
    if record := received.record:
        fields |= {
            "key": record.key,
            "status": record.status,
            "reason": record.reason,
            "queued": received.is_queued,
        }
    log.info("webhook.received", extra=fields)


def _is_commerce7() -> bool:
    given = request.authorization
    if given is None or given.type != "basic":
        return False
    login = f"{given.username}:{given.password}".encode()
    # Every login is compared, so that the time taken tells nothing about which one is near.
    return sum(compare_digest(login, user.encode()) for user in settings().c7_webhook_users) > 0


def _answer(result: str, status: int) -> tuple[Response, int]:
    return jsonify(result=result), status
