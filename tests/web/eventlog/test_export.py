import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from service.web.eventlog.export import TICKET_FOR
from tests.builders import NOW, TENANT, a_delivery, a_record, some_settings, two_pixels
from tests.conftest import World
from tests.tenants import forget

SECOND = timedelta(seconds=1)


def ticket(client: FlaskClient, world: World, query: str = "", **staff: Any) -> str:
    answer = client.post(f"/activity/export?{query}", headers=world.staff(**staff))
    assert answer.status_code == 204
    return answer.headers["HX-Redirect"]


def lines(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(StringIO(answer.text)))


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    """Set a winery up with two pixels."""
    world.install(some_settings(pixels=two_pixels()))


def add(world: World, *records: EventRecord) -> None:
    for record in records:
        assert world.services.events.add(record)


class TestAnExport:
    def test_has_a_line_for_each_pixel_of_an_event(self, client: FlaskClient, world: World) -> None:
        failed = a_delivery(status=DeliveryStatus.ERROR, reason=Reason("why"), trace_id="t")
        add(world, a_record(deliveries={Role.PRIMARY: a_delivery(), Role.SECONDARY: failed}))
        first, second = lines(client, ticket(client, world))
        assert (first["pixel"], first["pixel_status"]) == ("primary", "queued")
        assert (second["pixel_status"], second["reason"], second["trace_id"]) == (
            "error", "why", "t",
        )  # fmt: skip
        assert first["event_id"] == second["event_id"] == "c7-order-1"

    def test_has_all_that_is_filtered_and_nothing_else(
        self, client: FlaskClient, world: World
    ) -> None:
        for number in range(450):
            channel = "POS" if number % 2 else "Web"
            at = NOW + number * SECOND
            add(world, a_record(key=f"{number:03}", channel=channel, received_at=at))
        found = lines(client, ticket(client, world, "channel=POS"))
        assert len(found) == 225
        assert {line["channel"] for line in found} == {"POS"}

    @pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
    def test_runs_no_formula(self, client: FlaskClient, world: World, formula: str) -> None:
        failed = a_delivery(status=DeliveryStatus.ERROR, reason=formula)
        add(world, a_record(object_number=formula, deliveries={Role.PRIMARY: failed}))
        (line,) = lines(client, ticket(client, world))
        assert line["number"].startswith("'")
        assert line["reason"].startswith("'")

    def test_keeps_quotes_commas_and_line_ends_in_their_cell(
        self, client: FlaskClient, world: World
    ) -> None:
        odd = 'a "b", c\nd'
        add(world, a_record(object_number=odd))
        (line,) = lines(client, ticket(client, world))
        assert line["number"] == odd

    def test_that_is_incomplete_says_so(
        self, client: FlaskClient, world: World, close_file: Any
    ) -> None:
        add(world, a_record())
        path = ticket(client, world)
        answer = client.get(path, buffered=False)
        close_file()
        assert "INCOMPLETE" in answer.text

    def test_that_is_not_downloaded_leaves_threads_to_others(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record())
        path = ticket(client, world)
        unread = [client.get(path, buffered=False) for _ in range(3)]
        refused = client.get(path)
        assert refused.status_code == 429
        assert "Try again" in refused.text
        # Pressing the button now does not leave the page.
        again = client.post("/activity/export", headers=world.staff())
        assert (again.status_code, "HX-Redirect" in again.headers) == (503, False)
        for each in unread:
            each.close()
        assert client.get(path).status_code == 200

    def test_that_is_fetched_too_slowly_ends(self, client: FlaskClient, world: World) -> None:
        for number in range(500):
            add(world, a_record(key=f"{number:03}"))
        answer = client.get(ticket(client, world), buffered=False)
        pieces = answer.iter_encoded()
        for _ in range(100):
            next(pieces)
        world.clock.advance(timedelta(minutes=5))
        *_, last = pieces
        assert b"INCOMPLETE" in last


class TestATicket:
    def test_holds_for_a_minute(self, client: FlaskClient, world: World) -> None:
        path = ticket(client, world)
        world.clock.advance(TICKET_FOR - SECOND)
        assert client.get(path).status_code == 200
        world.clock.advance(SECOND)
        assert client.get(path).status_code == 401

    def test_is_for_the_winery_of_its_session(self, client: FlaskClient, world: World) -> None:
        world.install(tenant_id="other-winery")
        add(world, a_record(object_number="mine"))
        path = ticket(client, world, f"tenantId={TENANT}", tenant_id="other-winery")
        assert lines(client, path) == []

    @pytest.mark.parametrize("forged", ["x", "a.b.c", "%2e%2e", "é" * 9])
    def test_that_is_forged_opens_nothing(self, client: FlaskClient, forged: str) -> None:
        assert client.get(f"/activity/export/{forged}/events.csv").status_code == 401

    def test_is_no_session(self, client: FlaskClient, world: World) -> None:
        text = ticket(client, world).split("/")[3]
        headers = {"Authorization": f"Bearer {text}"}
        assert client.get("/activity", headers=headers).status_code == 401

    def test_opens_nothing_after_an_uninstall(self, client: FlaskClient, world: World) -> None:
        path = ticket(client, world)
        forget(world.services.tenants, TENANT)
        assert client.get(path).status_code == 401
