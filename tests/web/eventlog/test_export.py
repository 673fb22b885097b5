import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.tenant import Role
from tests.builders import NOW, TENANT, a_delivery, a_record, some_settings, two_pixels
from tests.conftest import World
from tests.tenants import forget

SECOND = timedelta(seconds=1)


def asked(
    client: FlaskClient, world: World, query: str = "", *, buffered: bool = True, **staff: Any
) -> TestResponse:
    headers = {**world.staff(**staff), "HX-Request": "true"}
    return client.post(f"/activity/export?{query}", headers=headers, buffered=buffered)


def file_name(answer: TestResponse) -> str:
    return answer.headers["Content-Disposition"].removeprefix("attachment; filename=").strip('"')


def lines(client: FlaskClient, world: World, query: str = "", **staff: Any) -> list[dict[str, str]]:
    answer = asked(client, world, query, **staff)
    assert answer.status_code == 200
    assert file_name(answer).startswith("1pixel-events-")
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
        first, second = lines(client, world)
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
        found = lines(client, world, "channel=POS")
        assert len(found) == 225
        assert {line["channel"] for line in found} == {"POS"}

    @pytest.mark.parametrize(
        "formula",
        [
            *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\t1", " \n1"),
            *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "\ufe631", "\u22121", "\u207a1"),
            *(
                "  =1",
                "\u3000=1",
                "\ufeff=1",
                "\u200b\uff1d1",
                "\u2060\xa0=1",
                '"=1',
                "'=1",
                "\u201c=1",
                "\0=1",
            ),
        ],
    )
    def test_runs_no_formula(self, client: FlaskClient, world: World, formula: str) -> None:
        failed = a_delivery(status=DeliveryStatus.ERROR, reason=formula)
        add(world, a_record(object_number=formula, deliveries={Role.PRIMARY: failed}))
        (line,) = lines(client, world)
        assert line["number"].startswith("'")
        assert line["reason"].startswith("'")

    def test_has_a_refunds_amount_as_a_number(self, client: FlaskClient, world: World) -> None:
        refund = Money(minor=-10584, currency="USD")
        add(
            world,
            a_record(deliveries={}, state=Status.SKIPPED, reason=Reason.REFUND, worth=refund),
        )
        (line,) = lines(client, world)
        assert line["value"] == "-105.84"

    def test_keeps_quotes_commas_and_line_ends_in_their_cell(
        self, client: FlaskClient, world: World
    ) -> None:
        odd = 'a "b", c\nd'
        add(world, a_record(object_number=odd))
        (line,) = lines(client, world)
        assert line["number"] == odd

    def test_that_is_incomplete_says_so(
        self, client: FlaskClient, world: World, close_file: Any
    ) -> None:
        add(world, a_record())
        answer = asked(client, world, buffered=False)
        close_file()
        assert "INCOMPLETE" in answer.text

    def test_that_is_not_downloaded_leaves_threads_to_others(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record())
        unread = [asked(client, world, buffered=False) for _ in range(3)]
        refused = asked(client, world)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
        for each in unread:
            each.close()
        assert asked(client, world).status_code == 200

    def test_that_is_fetched_too_slowly_ends(self, client: FlaskClient, world: World) -> None:
        for number in range(500):
            add(world, a_record(key=f"{number:03}"))
        answer = asked(client, world, buffered=False)
        pieces = answer.iter_encoded()
        for _ in range(100):
            next(pieces)
        world.clock.advance(timedelta(minutes=5))
        *_, last = pieces
        assert b"INCOMPLETE" in last

    def test_is_of_the_sessions_winery(self, client: FlaskClient, world: World) -> None:
        world.install(tenant_id="other-winery")
        add(world, a_record(object_number="mine"))
        assert lines(client, world, f"tenantId={TENANT}", tenant_id="other-winery") == []

    def test_is_for_nobody_else(self, client: FlaskClient, world: World) -> None:
        assert client.post("/activity/export").status_code == 401
        session = world.staff()["Authorization"].split()[1]
        for address in (f"/activity/export/{session}/events.csv", f"/activity/export?s={session}"):
            assert client.get(address).status_code in {401, 404}
        forget(world.services.tenants, TENANT)
        assert asked(client, world).status_code == 401
