"""Commerce7's sample objects, as webhooks and in the fake shop."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from service.commerce7.json_text import decode_json
from service.commerce7.payload import CustomerRecord, Payload, read_as
from service.commerce7.wire import (
    parse_customer,
    parse_membership,
    parse_order,
    parse_reservation,
)
from service.domain.shop.signal import Fact
from tests.builders import TENANT
from tests.conftest import World
from tests.fakes import OneCaller

SAMPLES = Path(__file__).parents[1] / "vectors" / "commerce7"
OUR_QUEUE = {"Authorization": f"Bearer {OneCaller.token}"}
_MOST_TASKS = 20


def _payload_of(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((SAMPLES / name).read_bytes())["payload"]
    return payload


PAYLOADS = {
    "Order": _payload_of("01_order_create_web.json"),
    "Club Membership": _payload_of("09_club_membership_create.json"),
    "Reservation": _payload_of("11_reservation_update_paid_web.json"),
    "Customer": _payload_of("08_customer_create.json"),
}
_PARSERS: dict[str, Callable[[Payload], Fact]] = {
    "Order": parse_order,
    "Club Membership": parse_membership,
    "Reservation": parse_reservation,
    "Customer": parse_customer,
}


def a_webhook(kind: str, action: str, payload: object, **envelope: Any) -> bytes:
    """Return the webhook's body."""
    webhook = {"object": kind, "action": action, "tenantId": TENANT, "payload": payload}
    return json.dumps(webhook | envelope).encode()


def have_the_shop_know(world: World, kind: str, webhook: bytes) -> None:
    """Add the webhook's object, and the customer inside it, to the fake shop."""
    shops, payload = world.shops, read_as(Payload, decode_json(webhook)["payload"])
    known: dict[str, dict[str, Any]] = {
        "Order": shops.orders,
        "Club Membership": shops.memberships,
        "Reservation": shops.reservations,
        "Customer": shops.customers,
    }
    fact = _PARSERS[kind](payload)
    known[kind][fact.id] = fact
    if kind != "Customer" and fact.person.customer.id:
        shops.customers[fact.person.customer.id] = parse_customer(
            read_as(CustomerRecord, payload.customer)
        )


def call_every_task(world: World, client: FlaskClient) -> None:
    """Call every task when it is due, also the tasks that follow, until none is left."""
    for number in range(_MOST_TASKS):
        if number == len(world.queue.tasks):
            return
        task = world.queue.tasks[number]
        world.clock.advance(task.delay)
        assert client.post(task.path, data=task.body, headers=OUR_QUEUE).status_code == 200
    raise AssertionError("there is no end of tasks")
