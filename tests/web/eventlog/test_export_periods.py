"""What an export offers: what is shown, and the periods of which rows are kept."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from flask.testing import FlaskClient

from service.domain.records.record import EventRecord
from tests.builders import a_record, some_settings
from tests.conftest import World
from tests.web.log_pages import add, get

PANEL = "/activity/export"
ZONE = "America/Los_Angeles"  # where it is still August 4th


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    """Set a winery up in California that keeps its rows for 50 days."""
    world.install(some_settings(timezone=ZONE, retention_days=50))


def received(key: str, month: int, day: int, hour: int = 0, minute: int = 0) -> EventRecord:
    at = datetime(2026, month, day, hour, minute, tzinfo=UTC)
    return a_record(key=key, object_number=key, received_at=at)


def name_of(client: FlaskClient, world: World, query: str) -> str:
    answer = client.post(f"{PANEL}?{query}", headers=world.staff())
    return str(answer.headers["Content-Disposition"]).split('"')[1]


class TestTheChoice:
    def test_is_of_the_days_and_months_that_are_kept(
        self, client: FlaskClient, world: World
    ) -> None:
        html = get(client, world, PANEL)
        periods = html.partition('class="exports"')[2].partition("</ul>")[0]
        expected = ["Last 7 days", "Last 30 days", "August 2026, until today", "July 2026"]
        expected.append("June 2026, from June 15")
        assert [each for each in expected if each not in periods] == []
        assert periods.count("<li>") == len(expected)
        assert "kept for 50 days, and website events for 7" in html
        assert ZONE in html

    def test_warns_of_what_is_empty(self, client: FlaskClient, world: World) -> None:
        add(world, received("1001", 7, 1, 7))
        html = get(client, world, PANEL)
        assert "July 2026: no events" not in html
        assert "August 2026, until today: no events" in html
        assert "No event matches your filters" not in html
        assert "No event matches your filters" in get(client, world, f"{PANEL}?channel=POS")

    def test_keeps_the_other_filters(self, client: FlaskClient, world: World) -> None:
        add(world, received("1001", 7, 2))
        html = get(client, world, f"{PANEL}?channel=Web&from=2026-08-01")
        assert "channel=Web&amp;from=2026-07-01&amp;to=2026-07-31" in html
        assert "Conversions, channel Web. Days are" in html

    @pytest.mark.parametrize("days", [7, 8, 29])
    def test_is_short_where_little_is_kept(
        self, client: FlaskClient, world: World, days: int
    ) -> None:
        world.install(some_settings(timezone=ZONE, retention_days=days))
        html = get(client, world, PANEL)
        assert ("Last 7 days" in html) is (days >= 7)
        assert "Last 30 days" not in html


class TestTheFile:
    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("from=2026-06-01&to=2026-06-30", "2026-06"),
            ("from=2026-02-01&to=2026-02-28", "2026-02"),
            ("from=2026-12-01&to=2026-12-31", "2026-12"),
            ("from=2026-06-05&to=2026-06-30", "2026-06-05-to-2026-06-30"),
            ("from=2026-06-01&to=2026-06-29", "2026-06-01-to-2026-06-29"),
            ("from=2026-07-29&to=2026-08-04", "2026-07-29-to-2026-08-04"),
            ("from=2026-07-29", "2026-07-29-to-2026-08-04"),
            ("to=2026-07-29", "until-2026-07-29"),
            ("", "until-2026-08-04"),
        ],
    )
    def test_is_named_by_its_period(
        self, client: FlaskClient, world: World, query: str, name: str
    ) -> None:
        assert name_of(client, world, query) == f"1pixel-events-{name}.csv"

    def test_has_whole_days_and_times_of_the_winerys_zone(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, received("in", 7, 1, 7), received("before", 7, 1, 6, 59))
        add(world, received("after", 8, 1, 7), received("last", 8, 1, 6, 59))
        query = "from=2026-07-01&to=2026-07-31"
        text = client.post(f"{PANEL}?{query}", headers=world.staff()).text
        rows = [*csv.DictReader(StringIO(text))]
        assert [each["number"] for each in rows] == ["last", "in"]
        assert rows[1]["received_at"] == "2026-07-01T00:00:00-07:00"
        assert rows[1]["happened_at"] == "2026-08-04T16:00:00-07:00"
