"""`python -m tests.sim --seeds N [--from K]`: run many seeds, and print the results."""

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter

from tests.sim.report import format_report
from tests.sim.run import RunResult, Stats, run_seed

_PROGRESS_EVERY = 100


def main() -> int:
    """Run the seeds, two at a time; return 1 if one of them violated an invariant."""
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="how many")
    parser.add_argument("--from", type=int, default=1, dest="first", help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.seeds)
    started, total, failed = perf_counter(), Stats(), list[RunResult]()
    with ProcessPoolExecutor(given.jobs) as pool:
        for run in pool.map(run_seed, seeds, chunksize=4):
            total += run.stats
            if run.violation:
                failed.append(run)
                sys.stdout.write(f"{run}\n")
            if total.runs % _PROGRESS_EVERY == 0 or run.violation:
                minutes = (perf_counter() - started) / 60
                failures = f"{len(failed)} violated an invariant"
                sys.stdout.write(f"{total.runs} of {given.seeds}, {failures}, {minutes:.0f} min\n")
                sys.stdout.flush()
    sys.stdout.write(format_report(total, failed=len(failed), seconds=perf_counter() - started))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
