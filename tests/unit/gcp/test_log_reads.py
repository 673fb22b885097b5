"""How many Firestore reads a look at the log costs."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from google.cloud import firestore

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.record import Status
from service.domain.shop.public_settings import Shop
from service.domain.tenants.tenant import Role
from service.gcp.cached_tenants import CachedTenants
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.gcp.tenants import FirestoreTenants
from service.usecases.eventlog.read_log import PAGE_SIZE
from tests.apps import started_app
from tests.builders import NOW, TENANT, a_record, some_settings
from tests.conftest import World
from tests.tenants import save_settings, save_shop, save_token

MOST_READS = PAGE_SIZE + len(Status) + 6
"""For the rows, the count of each status, the winery and what its pages need besides."""
ROWS = 3 * PAGE_SIZE


class Counted:
    """A dashboard over Firestore that counts each request's reads."""

    def __init__(self, client: FlaskClient, documents: FirestoreDocuments, world: World) -> None:
        self._client, self._documents, self._world = client, documents, world

    def get(self, path: str) -> tuple[int, int, str]:
        """Return the status, the reads and the text."""
        self._documents.operations.clear()
        answer = self._client.get(path, headers=self._world.staff())
        return answer.status_code, self._documents.operations["reads"], answer.text


@pytest.fixture
def counted(world: World, firestore_client: firestore.Client) -> Counted:
    """Return a dashboard whose log has three pages."""
    documents = FirestoreDocuments(firestore_client, new_id=lambda: uuid4().hex)
    tenants = CachedTenants(FirestoreTenants(documents), clock=world.clock)
    events = FirestoreEvents(documents)
    save_settings(tenants, TENANT, some_settings())
    save_shop(tenants, TENANT, Shop(), due_at=NOW + timedelta(days=1))
    save_token(tenants, TENANT, Role.PRIMARY, "sealed")
    for number in range(ROWS):
        name = EventName.LEAD if number % 3 else EventName.PURCHASE
        at = NOW + number * timedelta(seconds=1)
        record = a_record(key=f"{number:064}", name=name, received_at=at, updated_at=at)
        assert events.add(replace(record, object_number=str(2000 + number // 3)))
    services = replace(world.services, events=events, tenants=tenants)
    app = started_app(services)
    counted = Counted(app.test_client(), documents, world)
    counted.get("/activity")
    return counted


class TestAPageOfTheLog:
    @pytest.mark.parametrize(
        "query", ["", "?show=all", "?event=Lead", "?event=Lead&channel=Web&status=queued",
                  "?object=2020", "?status=error", "?from=2026-08-01"],
    )  # fmt: skip
    def test_costs_no_more_reads_than_it_has_rows_and_a_few(
        self, counted: Counted, query: str
    ) -> None:
        status, reads, _ = counted.get(f"/activity{query}")
        assert status == 200
        assert reads <= MOST_READS

    def test_costs_as_much_wherever_it_is(self, counted: Counted) -> None:
        path = "/activity"
        for _ in range(ROWS // PAGE_SIZE - 1):
            _, _, html = counted.get(path)
            path = "/activity?after=" + html.split('hx-get="/activity?after=')[1].split('"')[0]
        status, reads, html = counted.get(path)
        assert (status, "Older events" in html) == (200, False)
        assert reads <= MOST_READS


class TestAPoll:
    def test_costs_two_reads_while_nothing_has_changed(self, counted: Counted) -> None:
        _, _, html = counted.get("/activity/table")
        mark = html.split("mark=")[1].split('"')[0].split("&")[0]
        assert counted.get(f"/activity/table?mark={mark}") == (204, 2, "")

    def test_of_the_overview_costs_as_little(self, counted: Counted) -> None:
        _, _, html = counted.get("/overview")
        mark = html.split("mark=")[1].split('"')[0]
        assert counted.get(f"/overview?mark={mark}") == (204, 2, "")

    def test_of_the_alerts_reads_the_winery_and_the_longest_queued(self, counted: Counted) -> None:
        _, _, html = counted.get("/alerts")
        seen = html.split("seen=")[1].split('"')[0]
        assert counted.get(f"/alerts?seen={seen}") == (204, 2, "")
