"""Parsing of Commerce7's webhooks into signals of the domain. Pure.

Reference: Commerce7 developer documentation, "Webhooks".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.commerce7.fields import Fields, word
from service.commerce7.json_text import decode_json
from service.commerce7.wire import (
    is_object_id,
    parse_customer,
    parse_membership,
    parse_order,
    parse_reservation,
)
from service.domain.shop.signal import Action, Fact, ObjectKind, Signal
from service.domain.tenants.tenant import is_tenant_id

Parser = Callable[[Fields], Fact]

_KINDS: Mapping[str, tuple[ObjectKind, Parser]] = {
    "order": (ObjectKind.ORDER, parse_order),
    "clubmembership": (ObjectKind.MEMBERSHIP, parse_membership),
    "reservation": (ObjectKind.RESERVATION, parse_reservation),
    "customer": (ObjectKind.CUSTOMER, parse_customer),
}
_ACTIONS = {action.value: action for action in Action}


@dataclass(frozen=True, slots=True, repr=False)
class Webhook:
    """A webhook's envelope, with the object still unparsed in `payload`.

    `object` and `action` are in lower case without spaces; Commerce7 spells them in several ways.
    `is_by_staff` is true if a staff member of the winery acted; the person's data is never read.
    """

    tenant_id: str
    object: str
    action: str
    payload: Fields
    is_by_staff: bool


def parse_webhook(body: bytes) -> Webhook | None:
    """Return the webhook in these bytes; `None` if it has no valid tenant id.

    Raises:
        NotJsonError: the bytes are no JSON.
    """
    envelope = Fields(decode_json(body))
    tenant_id = envelope.text("tenantId") or ""
    if not is_tenant_id(tenant_id):
        return None
    return Webhook(
        tenant_id,
        word(envelope, "object"),
        word(envelope, "action"),
        envelope.child("payload"),
        is_by_staff=envelope.text("user") is not None,
    )


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
    return Signal(kind=kind, action=action, fact=fact, is_by_staff=webhook.is_by_staff)
