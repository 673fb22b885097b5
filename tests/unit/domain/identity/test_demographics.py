from datetime import date

import pytest

from service.domain.identity import normalize_birth_date, normalize_gender

_TODAY = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("raw", "normalized"),
    [
        ("1997-02-16T00:00:00.000Z", "19970216"),
        ("2.3.1997", "19970203"),  # the month first, as in Meta's example
        ("16.2.1997", "19970216"),
        ("1996-02-29", "19960229"),
        ("2026-09-30", "20260930"),
    ],
)
def test_a_real_date_is_compact(raw: str, normalized: str) -> None:
    assert normalize_birth_date(raw, today=_TODAY) == normalized


@pytest.mark.parametrize(
    "raw",
    [
        *["1997-02-29", "19970229", "13/13/1997", "2026-10-01", "16/2/97", "0000-00-00"],
        *["16 Feb 1997", "1997-02-016", "16/2/12345", "²/16/1997", "1/2/3/1997", "02161997"],
    ],
)
def test_what_is_no_date_is_dropped(raw: str) -> None:
    assert normalize_birth_date(raw, today=_TODAY) is None


@pytest.mark.parametrize(("raw", "gender"), [("Miss", "f"), ("He", "m"), ("x", None), ("", None)])
def test_gender_is_a_known_word(raw: str, gender: str | None) -> None:
    assert normalize_gender(raw) == gender
