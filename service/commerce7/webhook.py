"""Parsing of Commerce7's webhooks into signals of the domain. Pure.

Reference: Commerce7 developer documentation, "Webhooks".
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from service.commerce7.fields import Fields, text, word
from service.commerce7.json_text import Decoder, decode_json
from service.commerce7.payload import (
    CustomerRecord,
    Email,
    Envelope,
    Payload,
    Scalar,
    read_all,
    read_as,
)
from service.commerce7.wire import (
    is_object_id,
    parse_customer,
    parse_membership,
    parse_order,
    parse_reservation,
)
from service.domain.shop.person import Personal
from service.domain.shop.signal import Action, Actor, Fact, ObjectKind, Signal
from service.domain.tenants.tenant import is_tenant_id

WEBHOOK_PATH = "/webhooks/commerce7"
"""Where Commerce7 posts its webhooks at this service."""

Parser = Callable[[Payload], Fact]

_KINDS: Mapping[str, tuple[ObjectKind, Parser]] = {
    "order": (ObjectKind.ORDER, parse_order),
    "clubmembership": (ObjectKind.MEMBERSHIP, parse_membership),
    "reservation": (ObjectKind.RESERVATION, parse_reservation),
    "customer": (ObjectKind.CUSTOMER, parse_customer),
}
_DECODER: Decoder = msgspec.json.Decoder(Envelope | Scalar | list[Any])
_ACTIONS = {action.value: action for action in Action}


class Webhook(Personal, frozen=True):
    """A webhook's envelope, with the object still unparsed in `payload`.

    `object` and `action` are in lower case without spaces; Commerce7 spells them in several ways.
    `actor` is who acted, `None` if the webhook names no user; the user's data is only compared.
    """

    tenant_id: str
    object: str
    action: str
    payload: Payload
    actor: Actor | None


def parse_webhook(body: bytes) -> Webhook | None:
    """Return the webhook in these bytes; `None` if it has no valid tenant id.

    Raises:
        NotJsonError: the bytes are no JSON.
    """
    envelope = read_as(Envelope, decode_json(body, _DECODER))
    tenant_id = text(envelope.tenantId) or ""
    return _webhook(envelope, tenant_id) if is_tenant_id(tenant_id) else None


def parse_failed_webhook(entry: Fields, *, tenant_id: str) -> Signal[Fact] | None:
    """Return the signal of an entry of Commerce7's log that is about a failed webhook of ours.

    The log has the webhooks of all of the winery's apps, each as it was posted (Commerce7: App APIs
    & Webhooks, "Webhook logs"). `None` for any other entry.
    """
    if entry.flag("isSuccess") or not _is_ours(entry.text("url") or ""):
        return None
    return parse_signal(_webhook(read_as(Envelope, entry.value), tenant_id))


def _is_ours(url: str) -> bool:
    try:
        return urlsplit(url).path.rstrip("/") == WEBHOOK_PATH
    except ValueError:  # "https://[" is no address
        return False


def _webhook(envelope: Envelope, tenant_id: str) -> Webhook:
    payload = read_as(Payload, envelope.payload)
    return Webhook(
        tenant_id,
        word(envelope.object),
        word(envelope.action),
        payload,
        actor=_actor(text(envelope.user), payload),
    )


def _actor(user: str | None, payload: Payload) -> Actor | None:
    """Return who acted: the shopper, if the user has one of the object's own e-mail addresses."""
    if user is None:
        return None
    records = (payload, read_as(CustomerRecord, payload.customer))
    typed = [each.email for record in records for each in read_all(Email, record.emails)]
    typed += [record.email for record in records]
    emails = {email.lower() for raw in typed if (email := text(raw))}
    return Actor.SHOPPER if user.lower() in emails else Actor.STAFF


def parse_signal(webhook: Webhook) -> Signal[Fact] | None:
    """Return the webhook's signal; `None` if we do not use it, or its object's id is invalid."""
    kind_and_parser = _KINDS.get(webhook.object)
    action = _ACTIONS.get(webhook.action)
    if kind_and_parser is None or action is None:
        return None
    kind, parse = kind_and_parser
    fact = parse(webhook.payload)
    if not is_object_id(fact.id):
        return None
    maker = webhook.actor if action is Action.CREATE else None
    return Signal(kind=kind, action=action, fact=fact, actor=maker)
