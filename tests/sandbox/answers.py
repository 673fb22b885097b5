"""Canned answers, and their conversion to Flask's responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, jsonify


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """A status, a body (a text, or else a value to send as JSON), and headers."""

    status: int
    body: dict[str, Any] | str
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return the answer as a Flask response."""
        body = self.body
        response = Response(body) if isinstance(body, str) else jsonify(body)
        response.status_code = self.status
        response.headers.update(self.headers)
        return response


UNAVAILABLE = CannedAnswer(
    503,
    "<html><body><h1>503 Service Unavailable</h1></body></html>",
    {"Content-Type": "text/html; charset=utf-8"},
)
"""The answer of a proxy in front of a system that is down."""

UNREAD = CannedAnswer(500, "nobody will read this")
"""A placeholder for the answer of a request whose connection is dropped."""
