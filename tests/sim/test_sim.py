"""About a minute's worth of the simulation; `make sim SEEDS=2000` plays as many as one likes."""

import pytest

from tests.sim.run import play

SEEDS = range(1, 41)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_law_is_broken(seed: int) -> None:
    run = play(seed)
    assert not run.broken, str(run)
    assert run.tally.events
    assert run.tally.faults


def test_a_seed_plays_the_same_twice() -> None:
    assert vars(play(7).tally) == vars(play(7).tally)
