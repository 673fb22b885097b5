"""Some runs of the simulator, and tests that it detects faults.

`make sim SEEDS=2000` runs more; a run that violates an invariant prints how to repeat it.
"""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from service.usecases.delivery.release_parked import MOST_READ, MOST_RELEASED
from service.web.request.current import LIMITS
from tests.sim.mutants import MUTANTS
from tests.sim.noisy_neighbour import PIXEL_FAULTS, delays_beside
from tests.sim.run import RunResult, run_seed
from tests.sim.simulation import Simulation
from tests.sim.workload import backlog_workload

ROOT = Path(__file__).parents[2]
SEEDS = range(1, 61)
MUTANT_SEEDS = range(1, 21)
SOONEST = {
    "store that mixes tokens up": 3,
    "token cache without expiry": 6,
    "client that retries by itself": 16,
    "client that takes a time-out for success": 16,
}
"""Where seed 1 does not show the fault, one that soon does; if it does not, the others are run."""
MAX_SLOWDOWN = 2.0
"""By what factor a healthy winery's events may be slower while its neighbour's pixel fails."""


class TestTheService:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_keeps_every_invariant_whatever_fails(self, seed: int) -> None:
        run = run_seed(seed)
        assert run.violation is None, run

    def test_keeps_them_with_more_waiting_events_than_one_recheck_reads(self) -> None:
        run = run_seed(3, workload=backlog_workload(MOST_READ + MOST_RELEASED))
        assert run.violation is None, run
        assert run.stats.statuses["sent"] > MOST_READ


class TestARun:
    def test_is_the_same_in_processes_that_hash_differently(self) -> None:
        """Sets of texts have another order in each, which no step may show."""
        code = "from tests.sim.run import run_seed; print(run_seed(6))"
        processes = [
            subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-c", code],
                cwd=ROOT,
                env={**os.environ, "PYTHONHASHSEED": hash_seed},
                stdout=subprocess.PIPE,
                text=True,
            )
            for hash_seed in ("0", "1", "2")
        ]
        printed = [process.communicate()[0] for process in processes]
        assert printed[0].startswith("seed 6: ")
        assert printed == [printed[0]] * 3

    def test_begins_with_nothing_under_way_from_the_run_before(self) -> None:
        before = Simulation(Random(1)).fleet.pick().app
        assert before is not None
        limits = before.extensions[LIMITS]
        Simulation(Random(1))
        assert before.extensions[LIMITS] is not limits

    def test_differs_from_that_of_another_seed(self) -> None:
        assert run_seed(16).digest != run_seed(18).digest

    def test_says_how_to_reproduce_it(self) -> None:
        report = str(first_violation("client with a new event id for each attempt"))
        assert "violates an invariant: I2: an id of no event" in report
        assert "meta ← c7-" in report
        assert "python -m tests.sim --from " in report


class TestTheSimulator:
    @pytest.mark.parametrize("mutant", MUTANTS)
    def test_detects(self, mutant: str) -> None:
        assert first_violation(mutant) is not None


class TestAHealthyWinery:
    @pytest.mark.parametrize("fault", [each for each in PIXEL_FAULTS if each != "works"])
    def test_is_hardly_slower_when_its_neighbours_pixel(self, fault: str) -> None:
        quiet, noisy = delays_beside("works"), delays_beside(fault)
        assert noisy.p95 < MAX_SLOWDOWN * quiet.p95, f"{noisy} beside it; quiet: {quiet}"


def first_violation(mutant: str) -> RunResult | None:
    """Return the first of some runs in which the mutant violates an invariant."""
    seeds = sorted(MUTANT_SEEDS, key=lambda seed: seed != SOONEST.get(mutant))
    runs = (run_seed(seed, override=MUTANTS[mutant]) for seed in seeds)
    return next((run for run in runs if run.violation), None)
