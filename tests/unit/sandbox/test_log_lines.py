"""Log lines as `make run` prints them."""

import json

import pytest

from tests.sandbox.log_lines import readable

LINE = {"severity": "INFO", "time": "2026-11-27T09:30:00.500+00:00", "message": "webhook.received"}


def test_a_line_begins_with_its_time_and_ends_with_its_fields() -> None:
    line = json.dumps({**LINE, "tenant": "winery", "queued": True, "reason": None})
    assert readable(line) == "09:30:00 INFO    webhook.received tenant=winery queued=True"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Starting gunicorn %s", "Starting gunicorn"),
        ("Listening at: %s (%s)", "Listening at"),
        ("Booting worker with pid: %s", "Booting worker with pid"),
        ("100%", "100%"),
    ],
)
def test_a_librarys_message_is_shown_without_the_values_that_are_not_logged(
    message: str, shown: str
) -> None:
    line = json.dumps({**LINE, "message": message, "logger": "gunicorn.error"})
    assert readable(line) == f"09:30:00 INFO    {shown}"


def test_an_exception_has_its_lines() -> None:
    line = json.dumps({**LINE, "severity": "ERROR", "stack_trace": "Traceback\n  KeyError"})
    assert readable(line) == "09:30:00 ERROR   webhook.received\nTraceback\n  KeyError"


def test_what_is_no_log_line_stays_as_it_is() -> None:
    for text in ("", "Ctrl-C", "[1]", '{"time": 1}'):
        assert readable(text) == text
