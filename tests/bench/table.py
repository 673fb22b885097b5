"""docs/benchmarks.md: the newest results of all areas, each with the commit it was measured at."""

import os
import platform
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.bench import scaling
from tests.bench.measure import Bar, Result

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks.md"
SCALING = ROOT / "docs" / "scaling.md"
KEPT = ROOT / "docs" / "benchmarks.json"
_HEAD = """# Benchmarks

`make bench` measures this table and writes this page; `make bench ROWS=mapping,intake` measures
some of its areas again and keeps the others. What is compared is measured in turns in one run, so a
ratio means more than the figures beside it. "Measured" is the median of the rounds, "spread" their
least and their most. How each row is measured stands at the top of its module in `tests/bench/`.

The machine should have nothing else to do. "Load before" says whether it had, on average over the
minute before: above 1, other work took part in the figures, and those in milliseconds and seconds
suffer most.
"""
_COLUMNS = ("what", "ours", "reference", "measured", "spread", "bar", "", "note")


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one module, and where and when they were measured."""

    results: tuple[Result, ...]
    measured_at: str
    commit: str
    machine: str
    load: str


def measured(results: list[Result], *, load: float) -> Area:
    """Return the results with their circumstances; `load` is the machine's before they began."""
    return Area(
        results=tuple(results),
        measured_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        commit=_commit(),
        machine=_machine(),
        load=f"{load:.1f}",
    )


def kept() -> dict[str, Area]:
    """Return the results of earlier runs."""
    if not KEPT.exists():
        return {}
    return msgspec.json.decode(KEPT.read_bytes(), type=dict[str, Area])


def keep(areas: Mapping[str, Area], *, in_order: list[str]) -> None:
    """Write the results and the pages."""
    ordered = {name: areas[name] for name in in_order if name in areas}
    KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(ordered)) + b"\n")
    PAGE.write_text(page(ordered, missing=[name for name in in_order if name not in areas]))
    SCALING.write_text(scaled(SCALING.read_text(), ordered))


def scaled(text: str, areas: Mapping[str, Area]) -> str:
    """Return docs/scaling.md with its figures from these results; unchanged where some miss."""
    results = {result.name: result for area in areas.values() for result in area.results}
    with suppress(KeyError):
        text = scaling.with_table(text, scaling.figures(results))
    with suppress(KeyError):
        text = scaling.with_day(text, results)
    return text


def page(areas: Mapping[str, Area], *, missing: list[str]) -> str:
    """Return the page."""
    lines = [_HEAD, _row(_COLUMNS), _row(["---"] * len(_COLUMNS))]
    lines += [result_row(result) for area in areas.values() for result in area.results]
    lines += ["", "## Runs", "", _row(("area", "measured at", "commit", "load before", "machine"))]
    lines += [_row(["---"] * 5)]
    lines += [
        _row((f"`make bench ROWS={name}`", each.measured_at, each.commit, each.load, each.machine))
        for name, each in areas.items()
    ]
    if missing:
        lines += ["", f"Not measured yet: {', '.join(missing)}."]
    return "\n".join(lines) + "\n"


def result_row(result: Result) -> str:
    """Return the result's line of the table."""
    figures = result.figures
    spread = f"{_number(min(figures))}–{_number(max(figures))}" if len(figures) > 1 else ""
    if result.figure is None:
        figure, verdict = "not measured", ""
    else:
        figure = f"{_number(result.figure)} {result.unit}"
        verdict = {True: "met", False: "**missed**", None: ""}[result.is_met]
    bar = _bar(result.bar, result.unit)
    return _row(
        (result.name, result.ours, result.reference, figure, spread, bar, verdict, result.note)
    )


def _bar(bar: Bar | None, unit: str) -> str:
    if bar is None:
        return ""
    sign, limit = ("≥", bar.low) if bar.low is not None else ("≤", bar.high)
    return f"{sign} {limit:g} {unit}"


def _number(figure: float) -> str:
    if figure >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.1f}" if figure >= 10 else f"{figure:.3g}"


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _commit() -> str:
    def git(*words: str) -> str:
        return subprocess.run(  # noqa: S603 - our own command
            ["git", *words],  # noqa: S607 - as found by the shell
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    changed = git("status", "--porcelain", "--", "service", "templates", "static", "tests/bench")
    return f"{git('rev-parse', '--short', 'HEAD')}{' and changes' if changed else ''}"


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} × {model}, {memory:.0f} GiB, Linux {platform.release().split('-')[0]},"
        f" Python {platform.python_version()}"
    )
