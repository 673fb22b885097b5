"""The row of one instance's ceiling: the last rate that held."""

import pytest

from tests.bench.ceiling import Step, result


def test_the_ceiling_is_the_last_rate_that_held() -> None:
    row = result([Step(10, 20, 0), Step(20, 99, 0), Step(30, 140, 0)])

    assert row.figures == (20,)
    assert row.note.startswith("p99 99 ms at 20/s; p99 140 ms at 30/s;")


def test_a_refusal_ends_it_however_soon_the_answers_are() -> None:
    row = result([Step(10, 20, 0), Step(20, 30, 1)])

    assert row.figures == (10,)
    assert "p99 30 ms, 1 not 200 at 20/s" in row.note


def test_no_rate_is_no_figure() -> None:
    with pytest.raises(AssertionError, match="not even the lowest rate"):
        result([Step(10, 120, 0)])
