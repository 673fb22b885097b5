"""Shared helpers of look-up tests: a shop that knows Casey, and signals about Casey."""

from datetime import timedelta

from service.domain.events.event import Event
from service.domain.records.record import EventRecord
from service.domain.shop.signal import Action, Fact
from service.ports import Refusal, ShopError
from service.usecases.sealing import unseal_event
from tests.builders import CUSTOMER_ID, TENANT, a_membership, a_registration, a_signal
from tests.conftest import World


def know_casey(world: World) -> None:
    """Set the winery up, with a shop that knows Casey and Casey's membership."""
    world.install()
    world.shops.customers[CUSTOMER_ID] = a_registration()
    world.shops.memberships[a_membership().id] = a_membership()


def receive_fact(
    world: World, fact: Fact, action: Action = Action.CREATE, *, is_trusted: bool = True
) -> EventRecord:
    """Receive a signal about this object, and return its record."""
    received = world.receive(a_signal(fact, action), is_trusted=is_trusted)
    assert received.record is not None
    return received.record


def event_of(world: World) -> Event:
    """Return the sealed event of the tenant's one record."""
    payload = world.row().payload or ""
    return unseal_event(payload, tenant_id=TENANT, vault=world.services.vault)


def refuse(world: World, what: str, refusal: Refusal, after: timedelta | None = None) -> None:
    """Let the shop refuse requests for this."""
    world.shops.refusals[what] = ShopError(refusal, retry_after=after)
