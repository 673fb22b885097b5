"""Days and times in US English, in the zone of the time that is given."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from service.domain.shop.dates import (
    clock_of,
    exact_clock_of,
    exact_moment_of,
    full_day,
    hour_of,
    moment_of,
    short_day,
)

AT = datetime(2026, 8, 5, 0, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("America/Los_Angeles", "Tue, Aug 4, 2026, 5:02:07 PM PDT"),
        ("Europe/Rome", "Wed, Aug 5, 2026, 2:02:07 AM CEST"),
        ("UTC", "Wed, Aug 5, 2026, 12:02:07 AM UTC"),
        ("Pacific/Auckland", "Wed, Aug 5, 2026, 12:02:07 PM NZST"),
    ],
)
def test_a_moment_has_day_and_clock_of_its_zone(zone: str, text: str) -> None:
    assert exact_moment_of(AT.astimezone(ZoneInfo(zone))) == text


def test_shorter_forms_leave_something_out() -> None:
    at = AT.astimezone(ZoneInfo("America/Los_Angeles"))
    assert moment_of(at) == "Aug 4, 2026, 5:02 PM PDT"
    assert full_day(at) == full_day(at.date()) == "Aug 4, 2026"
    assert short_day(at) == "Aug 4"
    assert hour_of(at) == "5 PM"
    assert clock_of(at) == "5:02 PM"
    assert exact_clock_of(at) == "5:02:07 PM"
