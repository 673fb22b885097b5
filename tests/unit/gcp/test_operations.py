"""The Firestore operations of one delivered event, counted at the client."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from google.cloud import firestore

from service.domain.shop.public_settings import Shop
from service.domain.shop.staff import OPERATOR
from service.domain.tenants.tenant import Role
from service.gcp.audit import FirestoreAudit
from service.gcp.browser_signals import FirestoreBrowserSignals
from service.gcp.cached_tenants import CachedTenants
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.gcp.tenants import FirestoreTenants
from service.ports import Services
from service.usecases.delivery.send_event import Attempted, send_event
from service.usecases.intake.receive_signal import receive_signal
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.builders import TENANT, TOKEN, Ids, a_signal, an_order, some_settings
from tests.conftest import World
from tests.tenants import save_shop

EVENTS = 10


def deliver(order_id: str, *, services: Services) -> None:
    received = receive_signal(
        a_signal(an_order(id=order_id)), tenant_id=TENANT, is_trusted=True,
        now=services.clock(), services=services,
    )  # fmt: skip
    assert received.record is not None
    result = send_event(TENANT, received.record.key, role=Role.PRIMARY, services=services)
    assert result.attempted is Attempted.FINISHED


def test_a_delivered_event_costs_three_writes_and_one_read(
    world: World, firestore_client: firestore.Client, measured: Callable[[str], None]
) -> None:
    documents = FirestoreDocuments(firestore_client, new_id=Ids())
    services = replace(
        world.services,
        events=FirestoreEvents(documents),
        tenants=CachedTenants(FirestoreTenants(documents), clock=world.clock),
        browser_signals=FirestoreBrowserSignals(documents),
        audit=FirestoreAudit(documents, new_id=Ids()),
    )
    tokens = {Role.PRIMARY: TOKEN}
    configure_tenant(TENANT, some_settings(), tokens=tokens, by=OPERATOR, services=services)
    save_shop(services.tenants, TENANT, Shop(), due_at=world.clock() + timedelta(days=9))
    services.tenants.find(TENANT)
    services.tenants.sealed_token(TENANT, Role.PRIMARY)
    documents.operations.clear()
    deliver("the first in the winery's life", services=services)
    assert documents.operations["writes"] == 3 + 1
    services.tenants.find(TENANT)
    documents.operations.clear()
    for number in range(EVENTS):
        deliver(f"order-{number}", services=services)
    measured(f"{EVENTS} delivered events cost Firestore {dict(documents.operations)}")
    assert documents.operations["writes"] <= 3 * EVENTS
    assert documents.operations["reads"] <= 1 * EVENTS
    assert documents.operations["deletes"] == 0
