"""Some runs of the simulator, and tests that it detects faults.

`make sim SEEDS=2000` runs more; a run that breaks a law prints how to repeat it.
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
from tests.sim.neighbour import TROUBLES, waits_beside
from tests.sim.plan import a_backlog
from tests.sim.run import Run, play
from tests.sim.world import World

ROOT = Path(__file__).parents[2]
SEEDS = range(1, 61)
ENOUGH = range(1, 21)
BAR = 2.0
"""By what factor a healthy winery's events may be slower while its neighbour's pixel fails."""


class TestTheService:
    @pytest.mark.parametrize("seed", SEEDS)
    def test_keeps_every_law_whatever_goes_wrong(self, seed: int) -> None:
        run = play(seed)
        assert run.broken is None, run

    def test_keeps_them_with_more_events_that_wait_than_a_look_takes(self) -> None:
        run = play(3, plan=a_backlog(MOST_READ + MOST_RELEASED))
        assert run.broken is None, run
        assert run.tally.statuses["sent"] > MOST_READ


class TestARun:
    def test_is_the_same_in_another_process(self) -> None:
        code = "from tests.sim.run import play; print(play(6))"
        again = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert again.stdout.strip() == str(play(6))

    def test_begins_with_nothing_under_way_from_the_run_before(self) -> None:
        before = World(Random(1)).fleet.one().app
        assert before is not None
        limits = before.extensions[LIMITS]
        World(Random(1))
        assert before.extensions[LIMITS] is not limits

    def test_differs_from_that_of_another_seed(self) -> None:
        assert play(6).digest != play(7).digest

    def test_tells_how_to_play_it_again(self) -> None:
        told = str(found("a client that names anew"))
        assert "breaks a law: I2: an id that no event has" in told
        assert "meta ← c7-" in told
        assert "python -m tests.sim --from " in told


class TestTheSimulator:
    @pytest.mark.parametrize("mutant", MUTANTS)
    def test_notices(self, mutant: str) -> None:
        assert found(mutant) is not None


class TestAHealthyWinery:
    @pytest.mark.parametrize("trouble", [each for each in TROUBLES if each != "is well"])
    def test_hardly_notices_that_its_neighbours_pixel(self, trouble: str) -> None:
        quiet, noisy = waits_beside("is well"), waits_beside(trouble)
        assert noisy.p95 < BAR * quiet.p95, f"{noisy} beside it; quiet: {quiet}"


def found(mutant: str) -> Run | None:
    """Return the first of some runs in which the mutant breaks a law."""
    runs = (play(seed, alter=MUTANTS[mutant]) for seed in ENOUGH)
    return next((run for run in runs if run.broken), None)
