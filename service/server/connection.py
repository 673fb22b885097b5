"""A connection: whether it is late, and how it is ended."""

from time import monotonic
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import WSGITask

from service.server.request import Request

HEADERS_WITHIN = 10.0
"""Seconds for a request's headers, from the connection's first byte or its beginning."""
BODY_WITHIN = 20.0
"""Seconds for a request's body, from the end of its headers."""
TAKEN_WITHIN = 60.0
"""Seconds in which a client must have taken an answer that is complete."""
STREAMED_WITHIN = 360.0
"""The same for an answer that the app still writes: an export is written for five minutes."""

_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_OVERLOADED = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 30\r\n"
    b"Content-Length: 0\r\n\r\n"
)


class _Answer(WSGITask):  # type: ignore[misc]  # the library has no types
    """An answer that keeps its connection open wherever HTTP/1.1 allows it."""

    wrote_header: bool
    content_length: int | None

    def build_response_header(self) -> bytes:
        if self.channel.server.is_draining:
            super().set_close_on_finish()
        head: bytes = super().build_response_header()
        return head

    def write(self, data: bytes) -> None:
        """Send the head with the body, if that is whole: waitress would send them one by one."""
        is_whole = self.has_body and data and len(data) == self.content_length
        if self.wrote_header or not is_whole:
            super().write(data)
            return
        self.channel.write_soon(self.build_response_header() + data)
        self.wrote_header = True
        self.content_bytes_written = len(data)

    def set_close_on_finish(self) -> None:
        # waitress would end the connection after every answer without a length, though a 204, a 304
        # and a chunked answer end by themselves.
        is_delimited = self.chunked_response or not self.has_body
        asked = self.request.headers.get("CONNECTION", "").lower()
        if self.version != "1.1" or asked == "close" or not is_delimited:
            super().set_close_on_finish()


class Connection(HTTPChannel):  # type: ignore[misc]  # the library has no types
    """One connection. A thread is only spent on it once a request is there as a whole.

    `has_asked` is true after its first whole request.
    """

    request: Request | None
    requests: list[Request]
    total_outbufs_len: int
    task_class = _Answer
    parser_class = Request

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.has_asked = False
        self._since = monotonic()
        self._writing_since: float | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether no request of it is being answered."""
        return not self.requests and not self.total_outbufs_len

    @property
    def is_idle(self) -> bool:
        """Whether it waits, and not for the rest of a request."""
        return self.is_waiting and self.request is None

    @property
    def held(self) -> int:
        """The number of bytes that it holds in memory."""
        requests = [*self.requests, *([self.request] if self.request else [])]
        return sum(each.held for each in requests) + self.total_outbufs_len

    def received(self, data: bytes) -> bool:
        """Take bytes; once they make a whole request, it gets a thread."""
        had_headers = self._has_headers
        if self.request is None and self.has_asked:
            self._since = monotonic()
        is_taken: bool = super().received(data)
        self.server.count(len(data))
        self._writing_since = None
        if self.requests:
            self.has_asked = True
        if self.requests or self._has_headers != had_headers:
            self._since = monotonic()
        return is_taken

    def end_if_late(self, now: float) -> None:
        """End the connection if its client is too slow; called every second."""
        if not self.is_waiting:
            self._since = now
            self._end_slow_reader(now)
        elif now - self._since > self._patience:
            self._end_slow_sender()

    def refuse(self) -> None:
        """Free what it holds: answer 503 to a request that is not yet whole, drop an answer."""
        if self.is_waiting:
            self._answer(_OVERLOADED)
        else:
            self.end()

    def end(self) -> None:
        """End the connection without an answer. The loop closes the socket."""
        self.will_close = True

    @property
    def _has_headers(self) -> bool:
        return self.request is not None and bool(self.request.headers_finished)

    @property
    def _patience(self) -> float:
        if self._has_headers:
            return BODY_WITHIN
        if self.request is not None or not self.has_asked:
            return HEADERS_WITHIN
        return float(self.adj.channel_timeout)

    def _end_slow_sender(self) -> None:
        with self.requests_lock:
            request = self.request
            if request is not None and request.is_too_large:
                request.cut()
                self.request = None
                self.requests.append(request)
                self.server.add_task(self)
                return
        if request is None:
            self.end()
        else:
            self._answer(_LATE)

    def _end_slow_reader(self, now: float) -> None:
        if not self.total_outbufs_len:
            self._writing_since = None
            return
        if self._writing_since is None:
            self._writing_since = now
        if now - self._writing_since > (STREAMED_WITHIN if self.requests else TAKEN_WITHIN):
            self.end()

    def _answer(self, answer: bytes) -> None:
        if self.connected:
            self.write_soon(answer)
            self.close_when_flushed = True
        with self.requests_lock:
            if self.request is not None:
                self.request.close()
                self.request = None
