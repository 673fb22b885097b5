"""A bar for each hour or day."""

from collections.abc import Callable, Sequence

from service.web.charts.chart import (
    BOTTOM,
    LEFT,
    RIGHT,
    Bar,
    Chart,
    Mark,
    height_at,
    ticks_of,
)

_GAP = 0.25
"""The share of a step that is left empty."""

_ROUND = (1, 2, 5)


def bars_of(
    title: str,
    values: Sequence[tuple[str, int]],
    *,
    text_of: Callable[[int], str],
    heads: tuple[str, str],
    unit: int = 1,
) -> Chart:
    """Return a chart of these values with their names; there must be some.

    `text_of` writes a value; the scale counts in `unit`s, such as the hundred cents of a dollar.
    """
    step = (RIGHT - LEFT) / len(values)
    top = _round_up(max(value for _, value in values), unit)
    bars = [
        Bar(
            x=round(LEFT + (place + _GAP / 2) * step, 1),
            y=height_at(max(value, 0), top),
            width=round((1 - _GAP) * step, 1),
            height=round(BOTTOM - height_at(max(value, 0), top), 1),
            title=f"{name}: {text_of(value)}",
        )
        for place, (name, value) in enumerate(values)
    ]
    total = sum(value for _, value in values)
    first, last = values[0][0], values[-1][0]
    return Chart(
        label=f"{title}, {first} to {last}: {text_of(total)} in total",
        marks=[Mark(y=height_at(at, top), text=_short(at / unit)) for at in (0, top // 2, top)],
        ticks=ticks_of(first, last),
        caption=f"{title} as a table",
        heads=heads,
        rows=[(name, text_of(value)) for name, value in values],
        bars=bars,
    )


def _short(number: float) -> str:
    """Return a number of few characters: 950, 1.2k, 25k, 1.5M."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return f"{number:g}"


def _round_up(value: int, unit: int) -> int:
    """Return the next even number of units that is easy to read: 2, 4, 10, 20, 40, 100."""
    size = 2 * unit
    while True:
        for factor in _ROUND:
            if size * factor >= value:
                return size * factor
        size *= 10
