"""Firestore's emulator, directly or through a proxy that loses calls, and cached tenants."""

from collections.abc import Iterator

import pytest
from google.cloud import firestore

from service.gcp.cached_tenants import CachedTenants
from service.gcp.documents import FirestoreDocuments
from tests.builders import Ids
from tests.conftest import World
from tests.unit.gcp.counting import Counting
from tests.unit.gcp.firestore_between import Between, between, client_of


@pytest.fixture
def documents(firestore_client: firestore.Client) -> FirestoreDocuments:
    """Return an empty database of Google's emulator."""
    return FirestoreDocuments(firestore_client, new_id=Ids())


@pytest.fixture
def there(firestore_address: str) -> Iterator[tuple[Between, str]]:
    """Lend a proxy that injects faults on demand, and its address."""
    with between(firestore_address) as lent:
        yield lent


@pytest.fixture
def far(
    firestore_client: firestore.Client,
    there: tuple[Between, str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[FirestoreDocuments]:
    """Return the same database as `documents`, accessed through that proxy."""
    client = client_of(firestore_client.project, there[1], monkeypatch)
    yield FirestoreDocuments(client, new_id=Ids())
    client.close()  # type: ignore[no-untyped-call] # it says nothing of its types


@pytest.fixture
def counting(world: World) -> Counting:
    """Return a store with a winery, which counts what it is asked."""
    world.install()
    return Counting(world.services.tenants)


@pytest.fixture
def cached(world: World, counting: Counting) -> CachedTenants:
    """Return the cache around that store."""
    return CachedTenants(counting, clock=world.clock)
