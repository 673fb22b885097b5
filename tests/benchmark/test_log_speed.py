"""The speed of reading a long log. It is printed; a test fails only far beyond 100 ms."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.event import EventName
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role
from service.infra.json_documents import encode
from service.local.event_rows import COLUMNS, values_of
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.ports import Cursor
from service.usecases.eventlog.count_log import MOST_OF_STATUS
from service.usecases.eventlog.read_log import PAGE_SIZE
from tests.builders import NOW, TENANT, a_delivery, a_record

ROWS = 200_000
BAR_MS = 100.0
FAR_BEYOND = 5

pytestmark = pytest.mark.alone
NAMES = (EventName.PURCHASE, EventName.PURCHASE, EventName.LEAD, EventName.PAGE_VIEW)
CHANNELS = (Channel.WEB, Channel.POS, Channel.CLUB)


ROW = a_record()
ENDED = {
    status: {Role.PRIMARY: a_delivery(status=status, due_at=None)}
    for status in (DeliveryStatus.SENT, DeliveryStatus.ERROR)
}


def a_row(number: int) -> EventRecord:
    """Return one of many rows; one in twenty thousand has failed."""
    at = NOW - timedelta(seconds=number)
    return replace(
        ROW,
        key=f"{number:064}",
        name=NAMES[number % 4],
        channel=CHANNELS[number % 3],
        object_id=f"object-{number}",
        object_number=str(number),
        received_at=at,
        updated_at=at,
        deliveries=ENDED[DeliveryStatus.ERROR if number % 20_000 == 8 else DeliveryStatus.SENT],
    )


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteEvents]:
    """Return a log of 200,000 rows of one tenant."""
    path: Path = tmp_path_factory.mktemp("log") / "long.db"
    file = SqliteFile(str(path))
    columns = ", ".join(COLUMNS)
    statement = (
        f"INSERT INTO events (tenant_id, key, revision, {columns})"  # noqa: S608 - our own words
        f" VALUES (?, ?, 1{', ?' * len(COLUMNS)})"
    )
    rows = ((TENANT, row.key, *values_of(row, encode(row))) for row in map(a_row, range(ROWS)))
    file.change(lambda db: db.executemany(statement, rows))
    yield SqliteEvents(file)
    file.close()


def milliseconds(ask: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        begun = perf_counter()
        ask()
        times.append((perf_counter() - begun) * 1000)
    return median(times)


VIEWS = {
    "newest": LogView(),
    "everything": LogView(show=Show.ALL),
    "website": LogView(show=Show.WEBSITE),
    "tests (none)": LogView(show=Show.TESTS),
    "failed": LogView(status=Status.ERROR),
    "held (none)": LogView(status=Status.HELD),
    "leads at the till": LogView(event=EventName.LEAD, channel=Channel.POS),
    "failed leads of the club": LogView(
        event=EventName.LEAD, channel=Channel.CLUB, status=Status.ERROR
    ),
    "carts of the club (none)": LogView(
        show=Show.ALL, event=EventName.ADD_TO_CART, channel=Channel.CLUB
    ),
    "carts on retry (none)": LogView(
        show=Show.ALL, event=EventName.ADD_TO_CART, status=Status.RETRYING
    ),
    "inbound (none)": LogView(channel=Channel.PHONE),
    "one number": LogView(object="123456"),
    "a day long ago": LogView(
        since=NOW - timedelta(seconds=150_000), until=NOW - timedelta(seconds=149_000)
    ),
    "failed long ago": LogView(status=Status.ERROR, until=NOW - timedelta(seconds=150_000)),
}


FULL = PAGE_SIZE + 1
FOUND = dict.fromkeys(VIEWS, FULL) | {
    "tests (none)": 0,
    "failed": 10,
    "held (none)": 0,
    "failed leads of the club": 0,
    "carts of the club (none)": 0,
    "carts on retry (none)": 0,
    "inbound (none)": 0,
    "one number": 1,
    "failed long ago": 2,
}


class TestALogOf200000Events:
    @pytest.mark.parametrize("name", VIEWS)
    def test_shows_the_first_page_of_any_view(
        self, events: SqliteEvents, name: str, measured: Callable[[str], None]
    ) -> None:
        view = VIEWS[name]

        def ask() -> object:
            return events.page(TENANT, view, after=None, limit=PAGE_SIZE + 1)

        assert len(events.page(TENANT, view, after=None, limit=PAGE_SIZE + 1)) == FOUND[name]
        took = milliseconds(ask)
        measured(f"log-speed: first page, {name}: {took:.1f} ms")
        assert took < BAR_MS * FAR_BEYOND

    @pytest.mark.parametrize("name", ["newest", "everything", "website", "one number"])
    def test_counts_the_rows_of_each_status(
        self, events: SqliteEvents, name: str, measured: Callable[[str], None]
    ) -> None:
        def ask() -> int:
            return sum(events.count(TENANT, VIEWS[name], most=MOST_OF_STATUS).values())

        assert ask() in {1, MOST_OF_STATUS, MOST_OF_STATUS + FOUND["failed"]}
        took = milliseconds(ask)
        measured(f"log-speed: counts of all statuses, {name}: {took:.1f} ms")
        assert took < BAR_MS * FAR_BEYOND

    def test_shows_the_thousandth_page(
        self, events: SqliteEvents, measured: Callable[[str], None]
    ) -> None:
        view, after = LogView(), None
        for _ in range(999):
            batch = events.page(TENANT, view, after=after, limit=PAGE_SIZE)
            after = Cursor(batch[-1].record.received_at, batch[-1].record.key)
        took = milliseconds(lambda: events.page(TENANT, view, after=after, limit=PAGE_SIZE + 1))
        measured(f"log-speed: page 1,000: {took:.1f} ms")
        assert took < BAR_MS * FAR_BEYOND

    def test_tells_that_nothing_has_changed(
        self, events: SqliteEvents, measured: Callable[[str], None]
    ) -> None:
        took = milliseconds(lambda: events.last_change(TENANT))
        measured(f"log-speed: unchanged poll: {took:.2f} ms")
        assert took < BAR_MS * FAR_BEYOND

    def test_takes_one_more(self, events: SqliteEvents, measured: Callable[[str], None]) -> None:
        numbers = iter(range(ROWS, ROWS + 100))
        took = milliseconds(
            lambda: events.add(replace(a_row(next(numbers)), received_at=NOW, updated_at=NOW))
        )
        measured(f"log-speed: one more event: {took:.2f} ms")
        assert took < BAR_MS * FAR_BEYOND
