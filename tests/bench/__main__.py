"""`python -m tests.bench [area,area]`: measure all areas, or some, and write docs/benchmarks.md."""

import os
import sys
from importlib import import_module

import pytest

from tests.bench.measure import Result
from tests.bench.table import Area, keep, kept, measured, result_row

AREAS = [
    "mapping",
    "intake",
    "cloud",
    "ceiling",
    "latency",
    "backlog",
    "day",
    "collect",
    "log",
    "start",
    "memory",
    "cost",
    "growth",
    "dashboard",
]
"""The modules beside this one, in the order of the table; each has a function `measure`."""


def main(wanted: list[str]) -> int:
    """Measure these areas, or all."""
    if unknown := [name for name in wanted if name not in AREAS]:
        print(f"No such rows: {', '.join(unknown)}. There are: {', '.join(AREAS)}")
        return 2
    failed = [name for name in wanted or AREAS if not _is_measured(name)]
    if failed:
        print(f"Not measured: {', '.join(failed)}")
    return 1 if failed else 0


def _is_measured(name: str) -> bool:
    """Measure the area and write its rows; one that fails leaves the others alone."""
    print(f"{name} …", flush=True)
    load = os.getloadavg()[0]
    try:
        results = import_module(f"tests.bench.{name}").measure()
    except pytest.skip.Exception as missing:
        print(f"{name}: {missing}", flush=True)
        keep({name: _not_here(name, str(missing), load), **kept()}, in_order=AREAS)
        return False
    except (AssertionError, OSError, RuntimeError, ValueError) as error:
        print(f"{name}: {type(error).__name__}: {error}", flush=True)
        return False
    keep({**kept(), name: measured(results, load=load)}, in_order=AREAS)
    for result in results:
        print(result_row(result), flush=True)
    return True


def _not_here(name: str, why: str, load: float) -> Area:
    """Return the area's row for a machine that lacks what it needs; older results stay."""
    return measured([Result(name=name, note=f"not measured on this machine: {why}")], load=load)


if __name__ == "__main__":
    sys.exit(main([name for name in "".join(sys.argv[1:]).split(",") if name]))
