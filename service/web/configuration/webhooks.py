"""Which of Commerce7's webhooks have arrived, as the Configuration tab shows them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from service.domain.shop.signal import Action, ObjectKind
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.webhook_arrivals import NEEDED, arrived_at
from service.web.request.times import LocalTime, local_time

_OBJECTS: Mapping[ObjectKind, str] = MappingProxyType(
    {
        ObjectKind.ORDER: "Order",
        ObjectKind.MEMBERSHIP: "Club Membership",
        ObjectKind.RESERVATION: "Reservation",
        ObjectKind.CUSTOMER: "Customer",
    }
)
_TRIES: Mapping[tuple[ObjectKind, Action], str] = MappingProxyType(
    {
        (ObjectKind.ORDER, Action.CREATE): "place an order",
        (ObjectKind.ORDER, Action.UPDATE): "add a note to an order",
        (ObjectKind.MEMBERSHIP, Action.CREATE): "add a club member",
        (ObjectKind.MEMBERSHIP, Action.UPDATE): "edit a club membership",
        (ObjectKind.RESERVATION, Action.CREATE): "make a reservation",
        (ObjectKind.RESERVATION, Action.UPDATE): "edit a reservation",
        (ObjectKind.CUSTOMER, Action.CREATE): "create a customer",
        (ObjectKind.CUSTOMER, Action.UPDATE): "edit a customer",
    }
)


class WebhookRow(Struct, frozen=True, kw_only=True):
    """One webhook: its name in Commerce7, and when it last arrived, or how to make it arrive."""

    name: str
    arrived_at: LocalTime | None
    trial: str


def webhook_rows(tenant: Tenant) -> Sequence[WebhookRow]:
    """Return the webhooks that events are made from."""
    known, zone = tenant.progress.webhooks_at, tenant.settings.timezone
    return [
        WebhookRow(
            name=f"{_OBJECTS[kind]} {action.capitalize()}",
            arrived_at=local_time(at, zone) if (at := arrived_at(known, kind, action)) else None,
            trial=_TRIES[kind, action],
        )
        for kind, action in NEEDED
    ]
