"""Log lines for Cloud Logging: one JSON object each, without personal data or secrets.

Reference: Google Cloud, "Structured logging" (`severity`, `message`, the trace field).

Our own lines are a dotted event name and fields from an allow-list. Of a library's line only the
template is printed, not its arguments: these may be an address, a token or a name. For the same
reason an exception is printed as its types and frames, without messages and values.
"""

import json
import logging
import sysconfig
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path, PurePath
from traceback import walk_tb

OURS = "service"

FIELDS = frozenset(
    {
        "attempts",
        "cause",
        "code",
        "due",
        "enqueued",
        "error",
        "forgotten",
        "key",
        "network",
        "queued",
        "reason",
        "released",
        "counted",
        "result",
        "role",
        "stack_trace",
        "status",
        "subcode",
        "tenant",
        "trace_id",
        "untold",
        "user",
    }
)
"""The allow-list: the fields that a line may have beside its name."""

current_trace: ContextVar[str | None] = ContextVar("current_trace", default=None)
"""The current request's trace, in Cloud Logging's form."""

# These put their arguments into the template, so only the function's name is printed.
_FORMATS_ITSELF = {"waitress"}
# Google Cloud, "Format errors in logs": a line of this type is an error by its message alone.
_REPORTED = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
_MOST_EXCEPTIONS = 5
_MOST_FRAMES = 50
_CAUSED = "The above exception was the direct cause of the following exception:"
_MEANWHILE = "During handling of the above exception, another exception occurred:"
_LEFT_OUT = "[What led to this is left out.]"
# Longest first: the folders lie within each other.
_ROOTS = sorted(
    {
        *(Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")),
        Path(__file__).parents[2],
    },
    key=lambda root: len(root.parts),
    reverse=True,
)

# Made once: `json.dumps` would make one for each line.
_JSON = json.JSONEncoder(default=str)

log = logging.getLogger(__name__)


class JsonLines(logging.Formatter):
    """Prints a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "severity": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "message": str(record.msg),
        }
        is_ours = record.name.partition(".")[0] == OURS
        if is_ours:
            line |= {name: value for name, value in vars(record).items() if name in FIELDS}
        else:
            line["logger"] = record.name
            if record.name.partition(".")[0] in _FORMATS_ITSELF:
                line["message"] = record.funcName
        if record.exc_info and record.exc_info[1]:
            line |= exception_fields(record.exc_info[1])
        if is_ours and record.levelno >= logging.ERROR and "stack_trace" not in line:
            line |= _reported(record)
        if trace := current_trace.get():
            line["logging.googleapis.com/trace"] = trace
        return _JSON.encode(line)


def _reported(record: logging.LogRecord) -> dict[str, object]:
    """Return by what Error Reporting takes a line without a stack trace as an error.

    So every alarm is there, grouped by the place that raises it.
    """
    place = {
        "filePath": _relative(record.pathname),
        "lineNumber": record.lineno,
        "functionName": record.funcName,
    }
    return {
        "@type": _REPORTED,
        "serviceContext": {"service": "1pixel"},
        "context": {"reportLocation": place},
    }


def configure_logging(level: int = logging.INFO) -> None:
    """Print this process's log to standard error, as JSON lines.

    Exceptions that end a thread are logged too; Python itself would print their messages.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    threading.excepthook = _log_thread_failure


def exception_fields(error: BaseException) -> dict[str, str]:
    """Return an exception's log fields: its type, and its stack trace with those of its causes.

    The trace is in Python's own form, by which Error Reporting finds and groups it (Google Cloud,
    "Format errors in logs"), but has no messages, notes, values or lines of code. It holds at most
    5 exceptions of 50 frames each.
    """
    return {"error": type(error).__name__, "stack_trace": "\n\n".join(_trace(error)[::-1])}


def _log_thread_failure(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None and not isinstance(failure.exc_value, SystemExit):
        log.critical("thread.failed", extra=exception_fields(failure.exc_value))


def _trace(error: BaseException) -> list[str]:
    """Return the exceptions, newest first, with Python's connecting sentences between them."""
    parts = [_frames(error)]
    seen = [error]
    while (before := _led_to(seen[-1])) and before not in seen:
        if len(seen) == _MOST_EXCEPTIONS:
            return [*parts, _LEFT_OUT]
        parts += [_CAUSED if seen[-1].__cause__ else _MEANWHILE, _frames(before)]
        seen.append(before)
    return parts


def _led_to(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(error: BaseException) -> str:
    kind = type(error)
    name = kind.__qualname__
    if kind.__module__ != "builtins":
        name = f"{kind.__module__}.{name}"
    codes = [(frame.f_code, line) for frame, line in walk_tb(error.__traceback__)]
    lines = [
        f'  File "{_relative(code.co_filename)}", line {line}, in {code.co_qualname}'
        for code, line in codes
    ]
    return "\n".join([*_shortened(lines), name])


def _shortened(lines: list[str]) -> Iterator[str]:
    if lines:
        yield "Traceback (most recent call last):"
    if len(lines) <= _MOST_FRAMES:
        yield from lines
        return
    half = _MOST_FRAMES // 2
    yield from lines[:half]
    yield f"  [{len(lines) - 2 * half} frames are left out.]"
    yield from lines[-half:]


def _relative(filename: str) -> str:
    """Return the file's path relative to its import root; its bare name if it has none."""
    path = PurePath(filename)
    for root in _ROOTS:
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return path.name
