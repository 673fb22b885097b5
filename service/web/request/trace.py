"""The trace of a request, by which its log lines are grouped."""

import re

from flask import request

from service.infra.logs import current_trace
from service.web.request.current import settings

# Google's own header, `TRACE/SPAN;o=1`, and the W3C's, `00-TRACE-SPAN-01`.
_GOOGLE = re.compile(r"([0-9a-f]{32})(?:/|$)")
_W3C = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def note_trace() -> None:
    """Put the request's trace into its log lines; a malformed header counts as none."""
    found = _GOOGLE.match(request.headers.get("X-Cloud-Trace-Context", "")) or _W3C.match(
        request.headers.get("traceparent", "")
    )
    project = settings().google_cloud_project
    prefix = f"projects/{project}/traces/" if project else ""
    current_trace.set(prefix + found[1] if found else None)
