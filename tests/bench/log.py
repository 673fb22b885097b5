"""The dashboard over a log of 200,000 events, on SQLite.

Each page is asked for thirty times in each round, over HTTP with one connection; the median counts.
Of the filters the slowest counts. An unchanged poll is told by the mark that the page was given.
How many reads a poll costs is held by `tests/unit/gcp/test_log_reads.py`: two documents, of which
one is the winery's.
"""

import http.client
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from html import unescape
from statistics import median
from time import perf_counter
from urllib.parse import parse_qs, urlsplit

from service.domain.copies import replace
from service.domain.records.record import EventRecord
from service.infra.json_documents import encode
from service.local.event_rows import COLUMNS, values_of
from service.local.file import SqliteFile
from tests.bench.measure import Bar, Result
from tests.bench.pages import staff
from tests.bench.site import a_service, folder, served
from tests.bench.standin import standin
from tests.benchmark.test_log_speed import ROWS, a_row
from tests.builders import NOW
from tests.e2e.harness import TENANT

_ROUNDS, _TIMES = 5, 30
_FILTERS = {
    "none": "",
    "all": "show=all",
    "website": "show=website",
    "failed": "status=error",
    "held": "status=held",
    "leads at the till": "event=Lead&channel=POS",
    "failed leads of the club": "event=Lead&channel=Club&status=error",
    "carts of the club": "show=all&event=AddToCart&channel=Club",
    "carts on retry": "show=all&event=AddToCart&status=retrying",
    "by phone": "channel=Inbound",
    "a day": "from={day}&to={day}",
}


def measure() -> list[Result]:
    """Return the rows of the long log."""
    with folder() as data, standin() as meta:
        service = a_service(data, meta_url=meta.url)
        fill(service.environ["SQLITE_PATH"], TENANT, ROWS)
        with served(service) as ours, closing(_Reader(ours.url)) as reader:
            mark = reader.mark()
            day = datetime.now(UTC).date().isoformat()
            filters = {
                name: f"/activity?{query.format(day=day)}" for name, query in _FILTERS.items()
            }
            poll = [
                reader.milliseconds(f"/activity/table?mark={mark}", 204) for _ in range(_ROUNDS)
            ]
            number = [reader.milliseconds("/activity?object=123456") for _ in range(_ROUNDS)]
            alerts = [reader.milliseconds("/alerts") for _ in range(_ROUNDS)]
            slow = {
                name: [reader.milliseconds(path) for _ in range(_ROUNDS)]
                for name, path in filters.items()
            }
    return _results(poll, slow, number, alerts)


def _results(
    poll: list[float], filters: Mapping[str, list[float]], number: list[float], alerts: list[float]
) -> list[Result]:
    slowest = max(filters, key=lambda name: median(filters[name]))
    others = ", ".join(f"{name} {median(each):.0f}" for name, each in filters.items())
    return [
        _row("unchanged poll", poll, high=1.5, note="two reads of documents"),
        _row(f"any filter (the slowest: {slowest})", filters[slowest], note=f"{others} ms"),
        _row("one order number", number),
        _row("alerts", alerts),
    ]


def _row(name: str, figures: list[float], *, high: float = 15, note: str = "") -> Result:
    return Result(
        name=f"{name}, 200,000 events",
        figures=tuple(figures),
        unit="ms",
        bar=Bar(high=high),
        note=note,
    )


class _Reader:
    """A browser's connection."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port)
        self._headers = {**staff(), "HX-Request": "true"}

    def mark(self) -> str:
        """Return the mark that a page would send with its poll."""
        page = self._get("/activity/table", 200)
        found = re.search(r'hx-get="([^"]*[?&;]mark=[^"]*)"', page)
        assert found, page[:500]
        return parse_qs(urlsplit(unescape(found[1])).query)["mark"][0]

    def milliseconds(self, path: str, status: int = 200) -> float:
        """Return how long the answer takes, the median of many."""
        times = []
        for _ in range(_TIMES):
            begun = perf_counter()
            self._get(path, status)
            times.append((perf_counter() - begun) * 1000)
        return median(times)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _get(self, path: str, status: int) -> str:
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        assert answer.status == status, f"{path}: {answer.status} {text[:200]}"
        return text


def rows_of(tenant_id: str, number: int) -> Iterator[EventRecord]:
    """Yield the records of a log of so many events, one a second up to now."""
    later = datetime.now(UTC) - NOW
    for plain in map(a_row, range(number)):
        yield replace(
            plain,
            tenant_id=tenant_id,
            received_at=plain.received_at + later,
            updated_at=plain.updated_at + later,
        )


def fill(path: str, tenant_id: str, rows: int) -> None:
    """Write such a log into the file."""
    columns = ", ".join(COLUMNS)
    statement = (
        f"INSERT INTO events (tenant_id, key, revision, change, {columns})"  # noqa: S608 - our own words
        f" VALUES (?, ?, 1, ?{', ?' * len(COLUMNS)})"
    )
    values = (
        (tenant_id, row.key, number, *values_of(row, encode(row)))
        for number, row in enumerate(rows_of(tenant_id, rows))
    )
    with closing(SqliteFile(path)) as file:
        file.change(lambda db: db.executemany(statement, values))
