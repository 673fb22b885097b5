"""Broken streams, queues that do not answer, and changes during a read."""

from collections.abc import Callable
from time import monotonic
from typing import Any, cast

import grpc
import pytest
from google.cloud import firestore

from service.domain.tenants.tenant import Role
from service.gcp.cached_tenants import CachedTenants
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.gcp.queries import UP, Query
from service.gcp.queue import PATIENCE_SECONDS
from service.ports import QueueUnavailableError, Tenants
from tests.builders import NOW, TENANT, Ids, a_delivery, a_record
from tests.conftest import World
from tests.ports import free_port
from tests.tenants import save_token
from tests.unit.gcp.firestore_between import Fault, between, client_of
from tests.unit.gcp.test_queue import queue_at

EVENTS = ("tenants", TENANT, "events")
BROKEN_OFF = Fault(grpc.StatusCode.UNAVAILABLE, is_done=True, told=1)


@pytest.mark.parametrize("only_ids", [True, False])
def test_a_query_whose_answer_breaks_off_is_answered_whole(
    firestore_client: firestore.Client,
    firestore_address: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    only_ids: bool,
) -> None:
    near = FirestoreDocuments(firestore_client, new_id=Ids())
    for number in range(6):
        near.create((*EVENTS, f"k{number}"), {"n": number})
    with between(firestore_address) as (there, address):
        client = client_of(firestore_client.project, address, monkeypatch)
        far = FirestoreDocuments(client, new_id=Ids())
        there.faults = [BROKEN_OFF]
        query = Query(collection=EVENTS, order=(("n", UP),), limit=3, only_ids=only_ids)
        assert [each.path[-1] for each in far.find(query)] == ["k0", "k1", "k2"]


def test_a_dead_queue_fails_before_callers_time_out() -> None:
    with queue_at(f"127.0.0.1:{free_port()}") as queue:
        began = monotonic()
        with pytest.raises(QueueUnavailableError):
            queue.ping()
        assert monotonic() - began < PATIENCE_SECONDS


def test_a_record_that_this_version_cannot_read_stops_nothing_and_is_none_of_ours(
    firestore_client: firestore.Client,
) -> None:
    events = FirestoreEvents(FirestoreDocuments(firestore_client, new_id=Ids()))
    ours = a_record(key="ours", deliveries={Role.PRIMARY: a_delivery(due_at=NOW)})
    events.add(ours)
    firestore_client.document(*EVENTS, "newer").set({"text": "of a newer version", "due_at": NOW})
    assert [each.record for each in events.due(now=NOW, limit=9)] == [ours]
    assert [each.record for each in events.open(TENANT, after=None, limit=1)] == [ours]
    assert events.find(TENANT, "newer") is None


def test_a_change_made_here_while_another_thread_reads_is_seen_here_at_once(world: World) -> None:
    world.install()
    tenants = world.services.tenants

    class Slow:
        """Returns a value that was read before another thread's change."""

        meanwhile: Callable[[], None] = staticmethod(lambda: None)

        def sealed_token(self, tenant_id: str, role: Role) -> str | None:
            read = tenants.sealed_token(tenant_id, role)
            self.meanwhile()
            return read

        def __getattr__(self, name: str) -> Any:
            return getattr(tenants, name)

    slow = Slow()
    cached = CachedTenants(cast("Tenants", slow), clock=world.clock)
    slow.meanwhile = lambda: save_token(cached, TENANT, Role.PRIMARY, "newer")
    cached.get_cached_token(TENANT, Role.PRIMARY)
    slow.meanwhile = lambda: None
    assert cached.get_cached_token(TENANT, Role.PRIMARY) == "newer"
