"""The Firestore operations of one delivered event, counted at the client."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore

from service.domain.copies import replace
from service.domain.shop.public_settings import Shop
from service.domain.shop.signal import Action
from service.domain.shop.staff import OPERATOR
from service.domain.tenants.tenant import Role
from service.gcp.audit import FirestoreAudit
from service.gcp.browser_signals import FirestoreBrowserSignals
from service.gcp.cached_tenants import CachedTenants
from service.gcp.days import FirestoreDays
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.gcp.tenants import FirestoreTenants
from service.infra.recent_keys import RecentKeys
from service.ports import Services
from service.usecases.delivery.send_event import Attempted, send_event
from service.usecases.figures.count_events import count_events
from service.usecases.intake.receive_signal import Receipt, receive_signal
from service.usecases.task_bodies import SendDelivery, parse_task
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.builders import TENANT, TOKEN, Ids, a_signal, an_order, some_settings
from tests.conftest import World
from tests.fakes import ListQueue
from tests.tenants import save_shop

EVENTS = 10


def receive(
    order_id: str, *, services: Services, action: Action = Action.CREATE, **changes: Any
) -> Receipt:
    return receive_signal(
        a_signal(an_order(id=order_id, **changes), action), tenant_id=TENANT, is_trusted=True,
        now=services.clock(), services=services,
    ).receipt  # fmt: skip


def deliver(order_id: str, *, services: Services, **changes: Any) -> None:
    """Receive an order, and do its task as the queue would."""
    queue = ListQueue()
    assert receive(order_id, services=replace(services, queue=queue), **changes) is Receipt.RECORDED
    (task,) = queue.tasks
    body = parse_task(task.body)
    assert isinstance(body, SendDelivery)
    result = send_event(
        body.tenant_id, body.event_key, role=body.role, services=services, carried=body.carried
    )
    assert result.attempted is Attempted.FINISHED


def over(documents: FirestoreDocuments, world: World) -> Services:
    """Return services whose winery is set up, over these documents."""
    services = replace(
        world.services,
        events=FirestoreEvents(documents),
        tenants=CachedTenants(FirestoreTenants(documents), clock=world.clock),
        browser_signals=FirestoreBrowserSignals(documents),
        audit=FirestoreAudit(documents, new_id=Ids()),
        days=FirestoreDays(documents),
    )
    tokens = {Role.PRIMARY: TOKEN}
    configure_tenant(TENANT, some_settings(), tokens=tokens, by=OPERATOR, services=services)
    save_shop(services.tenants, TENANT, Shop(), due_at=world.clock() + timedelta(days=9))
    services.tenants.find(TENANT)
    services.tenants.sealed_token(TENANT, Role.PRIMARY)
    documents.operations.clear()
    return services


def test_a_delivered_event_costs_three_writes_and_no_read(
    world: World, firestore_client: firestore.Client, measured: Callable[[str], None]
) -> None:
    documents = FirestoreDocuments(firestore_client, new_id=Ids())
    services = over(documents, world)
    deliver("the first in the winery's life", services=services)
    assert documents.operations["writes"] == 3 + 1
    services.tenants.find(TENANT)
    documents.operations.clear()
    for number in range(EVENTS):
        deliver(f"order-{number}", services=services)
    measured(f"{EVENTS} delivered events cost Firestore {dict(documents.operations)}")
    assert documents.operations["writes"] <= 3 * EVENTS
    assert documents.operations["reads"] == 0
    assert documents.operations["deletes"] == 0


@pytest.mark.parametrize("action", [Action.CREATE, Action.UPDATE])
def test_a_repeated_webhook_costs_one_read(
    world: World,
    firestore_client: firestore.Client,
    measured: Callable[[str], None],
    action: Action,
) -> None:
    documents = FirestoreDocuments(firestore_client, new_id=Ids())
    services = over(documents, world)
    for number in range(EVENTS):
        deliver(f"order-{number}", services=services)
    services.tenants.find(TENANT)
    documents.operations.clear()
    if action is Action.UPDATE:  # another process may have received the order
        services = replace(services, seen_events=RecentKeys(kept_for=timedelta(hours=1), most=1))
    receipts = {
        receive(f"order-{number}", services=services, action=action) for number in range(EVENTS)
    }
    measured(f"{EVENTS} repeated webhooks ({action}) cost {dict(documents.operations)}")
    assert receipts == {Receipt.DUPLICATE}
    assert documents.operations == {"reads": EVENTS}


def test_a_count_costs_one_read_an_event_and_a_few_more(
    world: World, firestore_client: firestore.Client, measured: Callable[[str], None]
) -> None:
    # Firestore gives the places by its own clock, and leaves the last moments out.
    world.clock.now = datetime.now(UTC)
    documents = FirestoreDocuments(firestore_client, new_id=Ids())
    services = over(documents, world)
    for number in range(EVENTS):
        made_at = world.clock.now - timedelta(hours=1)
        deliver(f"order-{number}", services=services, paid_at=made_at)
    tenant = services.tenants.find(TENANT)
    assert tenant
    costs = []
    for _ in range(2):
        documents.operations.clear()
        later = world.clock.now + timedelta(hours=1)
        counted = count_events(tenant, now=later, services=services)
        costs.append((counted.events, dict(documents.operations)))
    measured(f"counting {EVENTS} events, then none, costs Firestore {costs}")
    (events, first), (none, second) = costs
    assert (events, none) == (EVENTS, 0)
    assert first["reads"] <= EVENTS + 2
    assert first["writes"] == 1
    assert second == {"reads": 2}
