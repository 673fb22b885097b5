"""The rows of docs/benchmarks.md: what is met, what is missed, and what was not measured."""

from tests.bench.day import CLUB_CHARGES, LOST, SHOP_ORDERS, TROUBLES
from tests.bench.measure import Bar, Result, in_turns, percentile
from tests.bench.scaling import Figures, with_day, with_table
from tests.bench.table import SCALING, Area, kept, page, result_row, scaled


def cells(result: Result) -> list[str]:
    return [cell.strip() for cell in result_row(result).strip("|").split("|")]


class TestARow:
    def test_shows_the_median_and_the_spread_of_the_rounds(self) -> None:
        row = cells(Result(name="intake", figures=(0.5, 0.7, 0.65), bar=Bar(low=0.6)))

        assert row[3:7] == ["0.65 ×", "0.5–0.7", "≥ 0.6 ×", "met"]

    def test_says_that_a_bar_is_missed(self) -> None:
        row = cells(Result(name="poll", figures=(16.0,), unit="ms", bar=Bar(high=15)))

        assert row[3:7] == ["16.0 ms", "", "≤ 15 ms", "**missed**"]

    def test_claims_nothing_that_was_not_measured(self) -> None:
        row = cells(Result(name="growth", bar=Bar(high=1.1), note="no emulator"))

        assert row[3:] == ["not measured", "", "≤ 1.1 ×", "", "no emulator"]


def test_the_page_names_the_run_of_each_area_and_what_is_missing() -> None:
    area = Area(
        results=(Result(name="mapping", figures=(1.0,)),),
        measured_at="2026-11-28 00:00 UTC",
        commit="0123456",
        machine="2 cores",
        load="0.1",
    )

    text = page({"mapping": area}, missing=["intake"])

    assert "| `make bench ROWS=mapping` | 2026-11-28 00:00 UTC | 0123456 | 0.1 | 2 cores |" in text
    assert "Not measured yet: intake." in text


def test_turns_begin_with_either_side_in_turn() -> None:
    order: list[str] = []

    def note(name: str, figure: float) -> float:
        order.append(name)
        return figure

    turns = in_turns(lambda: note("ours", 3.0), lambda: note("other", 2.0), rounds=2)

    assert order == ["ours", "other", "other", "ours"]
    assert turns.ratios == (1.5, 1.5)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5, 1, 4, 2, 3], 0.5) == 3
    assert percentile(range(1, 101), 0.99) == 99


class TestScaling:
    def test_the_page_agrees_with_the_benchmarks(self) -> None:
        text = SCALING.read_text()

        assert scaled(text, kept()) == text

    def test_a_release_day_is_computed_by_the_stated_formulas(self) -> None:
        measured = Figures(webhooks_a_second=100, busy_dollars=4, small_dollars=5, repeat_dollars=1)

        text = with_table("<!-- the table begins -->\n<!-- the table ends -->", measured)

        # 1,950,000 orders: 1.5 million at $4, 0.45 million at $5, all repeated at $1; 5 instances.
        assert "| 50,000 | 1,950,000 | 270.83 | 406.2 | 5 | $21.11 | $633 |" in text

    def test_the_measured_day_is_told_in_the_words_of_its_rows(self) -> None:
        results = {
            name: Result(name=name, figures=(number,), unit="s", note=f"note {number}")
            for number, name in enumerate((LOST, SHOP_ORDERS, CLUB_CHARGES, TROUBLES))
        }

        text = with_day("a <!-- the day begins -->\nold<!-- the day ends --> z", results)

        first, *_, last = text.splitlines()[1:-1]
        assert first == "- **Lost**: 0 s; note 0."
        assert last == "- **What broke first**: 3 s; note 3."
        assert text.startswith("a <!-- the day begins -->\n")
        assert text.endswith("\n<!-- the day ends --> z")
        assert "old" not in text
