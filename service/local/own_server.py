"""The queue's calls of the service itself.

`service.infra.http` guards against servers of others, which takes five times as long as this.
"""

from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from select import POLLIN, poll
from urllib.parse import urlsplit


class OwnServer:
    """One kept connection to the service. Each thread has its own."""

    def __init__(self, base_url: str, *, seconds: float) -> None:
        """`seconds` is how long one wait may take."""
        parts = urlsplit(base_url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=seconds)
        self._folder = parts.path.rstrip("/")

    def post(self, path: str, *, body: bytes, headers: Mapping[str, str]) -> HTTPResponse | None:
        """Post once and return the answer, whose body is read already; `None` if none came."""
        connection = self._connection
        try:
            if self._was_ended():
                connection.close()
            connection.request("POST", f"{self._folder}{path}", body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, HTTPException):
            connection.close()
            return None
        return answer

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _was_ended(self) -> bool:
        """Tell whether the server ended the kept connection, since it was not used for long."""
        if self._connection.sock is None:
            return False
        waiting = poll()
        waiting.register(self._connection.sock, POLLIN)
        return bool(waiting.poll(0))
