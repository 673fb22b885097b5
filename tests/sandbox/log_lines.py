"""The service's log lines as a person reads them in a terminal."""

import json
import re
from datetime import datetime

# The service logs other libraries' messages without their values, which may be personal data.
_FROM_VALUE = re.compile(r"[\s:(]*%(?:\(\w+\))?[sdr].*$", re.DOTALL)
_OURS = {"severity", "time", "message", "logger", "stack_trace"}


def readable(line: str) -> str:
    """Return the line: time, severity, message and its fields; any other text as it is."""
    try:
        told = json.loads(line)
        at = datetime.fromisoformat(told["time"]).strftime("%H:%M:%S")
        message = _FROM_VALUE.sub("", told["message"]) if "logger" in told else told["message"]
        head = f"{at} {told['severity']:<7} {message}"
    except (ValueError, KeyError, TypeError):
        return line
    fields = [f"{name}={value}" for name, value in told.items() if name not in _OURS]
    known = [each for each in fields if not each.endswith("=None")]
    return "\n".join([" ".join([head, *known]), *told.get("stack_trace", "").splitlines()])
