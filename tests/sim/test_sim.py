"""About a minute's worth of the simulation; `make sim SEEDS=2000` plays as many as one likes."""

import pytest

from tests.sim.run import play

SEEDS = range(1, 41)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_law_is_broken(seed: int) -> None:
    run = play(seed)
    assert not run.broken, str(run)
    assert run.tally.events


def test_most_seeds_bring_trouble() -> None:
    assert len([seed for seed in SEEDS[:8] if play(seed).tally.faults]) > len(SEEDS[:8]) / 2


def test_a_seed_plays_the_same_twice() -> None:
    assert play(7).digest == play(7).digest
