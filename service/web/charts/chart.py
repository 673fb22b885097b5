"""A chart as the page draws it: marks, a line or bars, and the same numbers as a table."""

from collections.abc import Sequence

from msgspec import Struct

TOP, BOTTOM, LEFT, RIGHT = 8, 78, 32, 296
"""The edges of what is drawn, of 300 by 98 units, which the page scales.

Marks have their texts on the left, days below.
"""


class Mark(Struct, frozen=True, kw_only=True):
    """A horizontal line at a value, with its text."""

    y: float
    text: str


class Tick(Struct, frozen=True, kw_only=True):
    """A text below the drawing; `anchor` says which of its ends is at `x`."""

    x: float
    text: str
    anchor: str


class Bar(Struct, frozen=True, kw_only=True):
    """A bar from the bottom up; its `title` shows at the pointer."""

    x: float
    y: float
    width: float
    height: float
    title: str


class Chart(Struct, frozen=True, kw_only=True):
    """A drawing. `points` are those of a line, whose end is at `last`; or there are `bars`.

    `label` says in one sentence what it shows. The table has these `heads` and `rows`, and
    `caption` is the title of it.
    """

    label: str
    marks: Sequence[Mark]
    ticks: Sequence[Tick]
    caption: str
    heads: tuple[str, str]
    rows: Sequence[tuple[str, str]]
    points: str = ""
    last: tuple[float, float] = (0, 0)
    bars: Sequence[Bar] = ()


def ticks_of(first: str, last: str) -> Sequence[Tick]:
    """Return the texts of both ends."""
    return (Tick(x=LEFT, text=first, anchor="start"), Tick(x=RIGHT, text=last, anchor="end"))


def height_at(value: float, highest: float) -> float:
    """Return where the value is drawn, the highest at the top."""
    return round(BOTTOM - value * (BOTTOM - TOP) / highest, 1)
