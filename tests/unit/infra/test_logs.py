import json
import logging
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from service.infra.http import Http, HttpFailureError
from service.infra.logs import FIELDS, JsonLines, current_trace, exception_fields
from tests.ports import free_port

MARKER = "casey.marker@example.com"
FRAME = re.compile(r'^  File "([^"]+)", line (\d+), in (.+)$', re.MULTILINE)


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
        printed = line(
            a_record("service.web.endpoints.tasks", "sweep.done", due=2, tenant="winery")
        )

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


class TestAnAlarm:
    def test_is_an_error_that_error_reporting_takes(self) -> None:
        record = a_record("service.web.endpoints.tasks", "events.stuck", tenant="winery")
        record.levelno, record.funcName = logging.ERROR, "sweep"
        printed = line(record)
        assert printed["@type"] == (
            "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
        )
        assert printed["message"] == "events.stuck"
        assert printed["serviceContext"] == {"service": "1pixel"}
        place = {"filePath": "file.py", "lineNumber": 1, "functionName": "sweep"}
        assert printed["context"] == {"reportLocation": place}

    def test_with_a_stack_trace_is_grouped_by_that(self) -> None:
        error = raised(outer)
        record = a_record("service.x", "request.failed", **exception_fields(error))
        record.levelno = logging.ERROR
        printed = line(record)
        assert printed["stack_trace"]
        assert "@type" not in printed


class TestLibrariesLines:
    def test_are_their_template_alone(self) -> None:
        printed = line(a_record("urllib3", "calling %s", MARKER, code=MARKER))

        assert (printed["message"], printed["logger"]) == ("calling %s", "urllib3")
        assert MARKER not in str(printed)

    def test_are_a_functions_name_where_the_template_holds_the_arguments(self) -> None:
        record = a_record("waitress", f"Exception while serving {MARKER}")
        record.funcName = "service"
        printed = line(record)

        assert (printed["message"], printed["logger"]) == ("service", "waitress")
        assert MARKER not in str(printed)

    def test_name_an_exception_by_its_type_and_every_frame(self) -> None:
        record = a_record("gunicorn.error", "Error handling request")
        error = raised(outer)
        record.exc_info = (type(error), error, error.__traceback__)
        printed = line(record)

        assert printed["error"] == "LookupError"
        assert printed["stack_trace"] == exception_fields(error)["stack_trace"]
        assert MARKER not in str(printed)

    def test_name_an_exception_that_was_never_raised(self) -> None:
        record = a_record("gunicorn.error", "Error handling request")
        record.exc_info = (ValueError, ValueError(MARKER), None)
        assert line(record)["stack_trace"] == "ValueError"


def innermost() -> None:
    raise ValueError(MARKER)


def middle() -> None:
    try:
        innermost()
    except ValueError as error:
        raise KeyError(MARKER) from error


def outer() -> None:
    try:
        middle()
    except KeyError:
        raise LookupError(MARKER)  # noqa: B904 - without a cause, it has a context


def around(depth: int) -> None:
    if depth == 0:
        raise ValueError(MARKER)
    around(depth - 1)


def wrapped(times: int) -> None:
    try:
        innermost() if times == 0 else wrapped(times - 1)
    except ValueError as error:
        raise ValueError(MARKER) from error


def raised(function: Callable[[], object]) -> BaseException:
    try:
        function()
    except Exception as error:  # noqa: BLE001 - all that it may raise
        return error
    raise AssertionError("nothing was raised")


class TestAStackTrace:
    def test_has_every_frame_of_every_exception_in_the_order_of_python(self) -> None:
        text = exception_fields(raised(outer))["stack_trace"]
        frames = FRAME.findall(text)
        assert [function for _, _, function in frames] == [
            "middle", "innermost", "outer", "middle", "raised", "outer",
        ]  # fmt: skip
        assert {file for file, _, _ in frames} == {"tests/unit/infra/test_logs.py"}
        assert [each for each in text.splitlines() if each.endswith("Error")] == [
            "ValueError", "KeyError", "LookupError",
        ]  # fmt: skip
        assert text.index("direct cause") < text.index("During handling")

    def test_says_neither_messages_nor_notes_nor_code(self) -> None:
        error = raised(outer)
        error.add_note(MARKER)
        assert MARKER not in str(exception_fields(error))
        assert "MARKER" not in str(exception_fields(error))

    def test_leaves_out_a_suppressed_context(self) -> None:
        def hide() -> None:
            try:
                innermost()
            except ValueError:
                raise KeyError from None

        assert "ValueError" not in exception_fields(raised(hide))["stack_trace"]

    def test_names_libraries_from_their_own_root(self) -> None:
        http = Http()
        error = raised(lambda: http.post(f"http://127.0.0.1:{free_port()}", body=b"", headers={}))
        http.close()
        assert isinstance(error, HttpFailureError)
        files = {file for file, _, _ in FRAME.findall(exception_fields(error)["stack_trace"])}
        assert {"service/infra/http.py", "urllib3/connection.py", "socket.py"} & files
        assert [file for file in files if file.startswith("/")] == []

    @pytest.mark.parametrize("function", [around, wrapped])
    def test_is_bounded(self, function: Callable[[int], None]) -> None:
        text = exception_fields(raised(lambda: function(400)))["stack_trace"]
        assert len(text) < 32_000
        assert "left out" in text
        # The outermost and the innermost frames are kept.
        assert "in raised" in text
        assert text.endswith("ValueError")

    def test_ends_at_a_cycle_of_causes(self) -> None:
        first, second = ValueError(), KeyError()
        first.__cause__, second.__cause__ = second, first
        assert exception_fields(first)["stack_trace"].count("Error") == 2


class TestAThreadThatFails:
    def test_is_one_line_without_its_message(self) -> None:
        script = (
            "from threading import Thread\n"
            "from service.infra.logs import configure_logging\n"
            "configure_logging()\n"
            f"def fail(): raise ValueError({MARKER!r})\n"
            "thread = Thread(target=fail); thread.start(); thread.join()\n"
        )
        ended = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
        )
        printed = json.loads(ended.stderr)
        assert (printed["message"], printed["error"]) == ("thread.failed", "ValueError")
        assert printed["stack_trace"].count("  File ") >= 2
        assert MARKER not in ended.stderr


@pytest.mark.parametrize("text", ["two\nlines", "\x00", "\ud800", "ü\u202e"])
def test_any_text_stays_on_its_line(text: str) -> None:
    assert line(a_record("service.x", "event", reason=text))["reason"] == text
