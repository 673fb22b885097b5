"""Log lines as Cloud Logging reads them: one JSON object each, with nothing that was not asked for.

Reference: Google Cloud, "Structured logging" (`severity`, `message`, the trace field).

Our own lines are a dotted event name and fields from an allow-list. Of other people's lines only
the template is printed, never what was to be filled in: that may be an address, a token or a name.
"""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

OURS = "service"

FIELDS = frozenset(
    {
        "at",
        "attempts",
        "cause",
        "code",
        "due",
        "enqueued",
        "error",
        "forgotten",
        "key",
        "queued",
        "reason",
        "released",
        "result",
        "role",
        "status",
        "subcode",
        "tenant",
        "trace_id",
    }
)
"""What a line may say beside its name: ids, states, codes and counts."""

current_trace: ContextVar[str | None] = ContextVar("current_trace", default=None)
"""The trace that the current request belongs to, in Cloud Logging's form."""


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
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        if trace := current_trace.get():
            line["logging.googleapis.com/trace"] = trace
        return json.dumps(line, default=str)


def configure_logging(level: int = logging.INFO) -> None:
    """Print everything that is logged in this process to standard error, as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
