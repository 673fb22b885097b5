"""How figures are put into words, parts of a period and bars."""

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.figures.figures import change_words, last_hours
from service.web.charts.bars import bars_of
from service.web.charts.chart import BOTTOM, TOP
from service.web.figures.messages import percent_of, time_words
from service.web.figures.periods import CHOICES, parts_of

LOS_ANGELES = "America/Los_Angeles"
HOUR = timedelta(hours=1)


class TestThePartsOfAPeriod:
    @pytest.mark.parametrize("choice", CHOICES)
    @pytest.mark.parametrize(
        "now",
        [
            datetime(2026, 8, 5, 12, 30, tzinfo=UTC),
            datetime(2026, 3, 9, 12, 30, tzinfo=UTC),  # after a day of 23 hours
            datetime(2026, 11, 2, 12, 30, tzinfo=UTC),  # after one of 25
        ],
    )
    @pytest.mark.parametrize("zone", [LOS_ANGELES, "Australia/Adelaide", None])
    def test_cover_it_without_a_gap(self, now: datetime, zone: str | None, choice: object) -> None:
        (chosen,) = (each for each in CHOICES if each == choice)
        period = last_hours(chosen.hours, now=now, zone=zone)
        parts = parts_of(chosen, period, zone)
        starts = [at for at, _ in parts]
        assert starts[0] == period.since
        assert period.since <= now - (chosen.hours - 1) * HOUR
        assert now < period.until <= now + HOUR
        lengths = {
            later - at for at, later in zip(starts, [*starts[1:], period.until], strict=True)
        }
        if chosen.is_by_hour:
            assert lengths == {HOUR}
        else:
            assert max(lengths) <= 25 * HOUR
            assert len({name for _, name in parts}) == len(parts)


class TestBars:
    @pytest.mark.parametrize(
        ("values", "unit", "marks"),
        [
            ((0, 0), 1, ["0", "1", "2"]),
            ((3, 1), 1, ["0", "2", "4"]),
            ((11, 10), 1, ["0", "10", "20"]),
            ((250_000, 1), 100, ["0", "2k", "4k"]),
            ((123_456_700, 1), 100, ["0", "1M", "2M"]),
        ],
    )
    def test_have_a_scale_that_is_easy_to_read(
        self, values: tuple[int, int], unit: int, marks: list[str]
    ) -> None:
        named = list(zip("ab", values, strict=True))
        chart = bars_of("Sent", named, text_of=str, heads=("Day", "Sent"), unit=unit)
        assert [mark.text for mark in chart.marks] == marks
        assert all(TOP <= bar.y <= BOTTOM == round(bar.y + bar.height, 1) for bar in chart.bars)
        assert chart.rows == [(name, str(value)) for name, value in named]
        assert chart.label == f"Sent, a to b: {sum(values)} in total"


class TestWords:
    @pytest.mark.parametrize(
        ("part", "whole", "words"),
        [(0, 9, "0%"), (9, 9, "100%"), (1, 1000, "1%"), (999, 1000, "99%"), (41, 100, "41%")],
    )
    def test_of_a_share_never_say_all_or_none_of_what_is_not(
        self, part: int, whole: int, words: str
    ) -> None:
        assert percent_of(part, whole) == words

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(1, "1 second"), (45, "45 seconds"), (90, "1.5 minutes"), (7200, "2 hours"),
         (172_800, "2 days")],
    )  # fmt: skip
    def test_of_a_time_have_one_unit(self, seconds: int, words: str) -> None:
        assert time_words(timedelta(seconds=seconds)) == words

    @pytest.mark.parametrize(
        ("now", "before", "words"),
        [
            (150, 100, "+50% compared with the 7 days before"),
            (75, 100, "-25% compared with the 7 days before"),
            (100, 100, "same as the 7 days before"),
            (5, 0, "0 in the 7 days before"),
            (0, 0, "same as the 7 days before"),
        ],
    )
    def test_of_a_change_compare_with_the_time_before(
        self, now: int, before: int, words: str
    ) -> None:
        assert change_words(now, before, title="7 days") == words
