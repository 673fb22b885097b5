import json
import logging

import pytest

from service.logs import FIELDS, JsonLines, current_trace

MARKER = "casey.marker@example.com"


def line(record: logging.LogRecord) -> dict[str, object]:
    printed = JsonLines().format(record)
    assert "\n" not in printed
    parsed: dict[str, object] = json.loads(printed)
    return parsed


def a_record(name: str, message: str, *args: object, **fields: object) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(
        name, logging.INFO, "file.py", 1, message, args, None, extra=fields
    )


class TestOurLines:
    def test_are_an_event_and_its_listed_fields(self) -> None:
        printed = line(a_record("service.web.tasks", "sweep.done", due=2, tenant="winery"))

        assert printed.pop("time")
        assert printed == {
            "severity": "INFO", "message": "sweep.done", "due": 2, "tenant": "winery",
        }  # fmt: skip

    def test_drop_every_other_field(self) -> None:
        assert MARKER not in str(line(a_record("service.x", "event", email=MARKER, body=MARKER)))

    def test_have_no_field_for_anything_personal(self) -> None:
        assert not FIELDS & {"email", "phone", "name", "ip", "body", "token", "url", "path"}

    def test_carry_the_trace_of_their_request(self) -> None:
        token = current_trace.set("projects/p/traces/1")
        try:
            printed = line(a_record("service.x", "event"))
        finally:
            current_trace.reset(token)
        assert printed["logging.googleapis.com/trace"] == "projects/p/traces/1"


class TestOtherPeoplesLines:
    def test_are_their_template_alone(self) -> None:
        printed = line(a_record("urllib3", "calling %s", MARKER, code=MARKER))

        assert (printed["message"], printed["logger"]) == ("calling %s", "urllib3")
        assert MARKER not in str(printed)

    def test_name_an_exception_by_its_type(self) -> None:
        record = a_record("gunicorn.error", "Error handling request")
        record.exc_info = (ValueError, ValueError(MARKER), None)
        printed = line(record)

        assert printed["error"] == "ValueError"
        assert MARKER not in str(printed)


@pytest.mark.parametrize("text", ["two\nlines", "\x00", "\ud800", "ü\u202e"])
def test_any_text_stays_on_its_line(text: str) -> None:
    assert line(a_record("service.x", "event", reason=text))["reason"] == text
