"""Days and times as pages and e-mails write them, in US English: `Aug 4, 2026, 5:02 PM PDT`."""

from datetime import date, datetime


def short_day(day: date) -> str:
    """Return the day without its year: `Aug 4`."""
    return f"{day:%b} {day.day}"


def full_day(day: date) -> str:
    """Return the day: `Aug 4, 2026`."""
    return f"{short_day(day)}, {day.year}"


def hour_of(at: datetime) -> str:
    """Return the hour alone: `5 PM`."""
    return f"{_hour(at)} {at:%p}"


def clock_of(at: datetime) -> str:
    """Return the time of day: `5:02 PM`."""
    return f"{_hour(at)}:{at:%M %p}"


def exact_clock_of(at: datetime) -> str:
    """Return the time of day with its seconds: `5:02:07 PM`."""
    return f"{_hour(at)}:{at:%M:%S %p}"


def moment_of(at: datetime) -> str:
    """Return the day and time in the zone of `at`: `Aug 4, 2026, 5:02 PM PDT`."""
    return f"{full_day(at)}, {clock_of(at)} {at.tzname()}"


def exact_moment_of(at: datetime) -> str:
    """Return weekday, day and time to the second: `Tue, Aug 4, 2026, 5:02:07 PM PDT`."""
    return f"{at:%a}, {full_day(at)}, {exact_clock_of(at)} {at.tzname()}"


def _hour(at: datetime) -> int:
    return at.hour % 12 or 12
