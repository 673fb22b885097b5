"""The figures of docs/scaling.md: a release day of few and many wineries, as it was measured.

The page states the assumptions and formulas; their numbers are the constants here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from statistics import median

from tests.bench import ceiling, day
from tests.bench.cost import VCPU_AND_MEMORY_SECOND
from tests.bench.measure import Result

WINERIES = (10, 1000, 50_000)
BEGIN, END = "<!-- the table begins -->\n", "<!-- the table ends -->"
_RELEASING, _ORDERS_OF_A_RELEASE, _ORDERS = 0.1, 300, 10
_IN_THE_PEAK_HOUR, _HOUR, _DAY = 0.25, 3600, 86_400
_META_SECONDS, _SENDS, _USABLE = 0.2, 6, 0.6
_WRITES = 3
_DAY_BEGINS, _DAY_ENDS = "<!-- the day begins -->\n", "<!-- the day ends -->"
_DAY_ROWS = {
    day.LOST: "Lost",
    day.SHOP_ORDERS: "Slowest winery, an order of the shop or the till, p99 from accepted to Meta",
    day.CLUB_CHARGES: "Slowest winery, a club charge, p99 from accepted to Meta",
    day.TROUBLES: "What broke first",
}
_BUSY, _SMALL, _REPEAT = (
    f"a million: {what}"
    for what in ("delivered, busy winery", "delivered, small winery", "a repeated webhook")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The measured figures that the table is computed from."""

    webhooks_a_second: float
    busy_dollars: float
    small_dollars: float
    repeat_dollars: float


def figures(results: Mapping[str, Result]) -> Figures:
    """Return the figures, of results by their names.

    Raises:
        KeyError: a row was not measured.
    """
    return Figures(
        webhooks_a_second=median(results[ceiling.NAME].figures),
        busy_dollars=median(results[_BUSY].figures),
        small_dollars=median(results[_SMALL].figures),
        repeat_dollars=median(results[_REPEAT].figures),
    )


def with_table(page: str, measured: Figures) -> str:
    """Return the page with the table in its place."""
    lines = [
        (
            "| wineries | orders a day | webhooks a second | Firestore writes a second"
            " | instances | a day | 30 such days |"
        ),
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_line(number, measured) for number in WINERIES),
    ]
    return _between(page, BEGIN, lines, END)


def with_day(page: str, results: Mapping[str, Result]) -> str:
    """Return the page with what the measured day showed in its place, of results by their names.

    Raises:
        KeyError: the day was not measured.
    """
    lines = [_told(label, results[name]) for name, label in _DAY_ROWS.items()]
    return _between(page, _DAY_BEGINS, lines, _DAY_ENDS)


def _told(label: str, result: Result) -> str:
    if result.figure is None:
        return f"- **{label}**: {result.note}."
    return f"- **{label}**: {result.figure:,.3g} {result.unit}; {result.note}."


def _between(page: str, begin: str, lines: list[str], end: str) -> str:
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return before + begin + "\n".join(lines) + "\n" + end + after


def _line(wineries: int, measured: Figures) -> str:
    releases = wineries * _RELEASING * _ORDERS_OF_A_RELEASE
    others = wineries * (1 - _RELEASING) * _ORDERS
    orders = releases + others
    a_second = orders * _IN_THE_PEAK_HOUR / _HOUR
    webhooks = 2 * a_second
    writes = a_second * _WRITES
    receiving = webhooks / (_USABLE * measured.webhooks_a_second)
    sending = a_second * _META_SECONDS / _SENDS
    instances = max(1, ceil(receiving), ceil(sending))
    events = releases * measured.busy_dollars + others * measured.small_dollars
    store = (events + orders * measured.repeat_dollars) / 1e6
    day = store + instances * _DAY * VCPU_AND_MEMORY_SECOND
    return (
        f"| {wineries:,} | {orders:,.0f} | {webhooks:.2f} | {writes:.1f} | {instances}"
        f" | ${day:,.2f} | ${30 * day:,.0f} |"
    )
