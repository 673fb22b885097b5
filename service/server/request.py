"""A request while it is received: its headers are parsed, its body is collected in memory.

Reference: RFC 9112 section 7.1 (chunked bodies). The parser is waitress's; this module bounds what
it keeps.
"""

from io import BytesIO
from typing import Any

from waitress.parser import HTTPRequestParser
from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest

from service.web.request.body import MOST_KEPT

MOST_READ = 64 * 1024 * 1024
"""Of a longer body the rest is not read, in bytes."""
_MOST_CHUNK_LINE = 1024
_MOST_TRAILER = 8 * 1024


class Body:
    """The bytes of a body up to one more than `MOST_KEPT`. All others are counted and discarded.

    The app recognises from the one byte more that a body is too large.
    """

    def __init__(self) -> None:
        self._file = BytesIO()
        self._received = 0
        self.kept = 0

    def __len__(self) -> int:
        """Return how many bytes were received, discarded ones included."""
        return self._received

    def append(self, data: bytes) -> None:
        """Take more bytes."""
        self._received += len(data)
        if self.kept <= MOST_KEPT:
            self.kept += self._file.write(data[: MOST_KEPT + 1 - self.kept])

    def getfile(self) -> BytesIO:
        """Return the kept bytes as a file, from their beginning."""
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Free the memory."""
        self._file.close()
        self.kept = 0


class _Chunks(ChunkedReceiver):  # type: ignore[misc]  # the library has no types
    """A chunked body whose lines between the chunks are bounded too."""

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if len(self.control_line) > _MOST_CHUNK_LINE or len(self.trailer) > _MOST_TRAILER:
            self.error = BadRequest("Line of a chunked body too long")
        return consumed


class Request(HTTPRequestParser):  # type: ignore[misc]  # the library has no types
    """One request, complete or not yet."""

    body_rcv: Any

    def parse_header(self, header_plus: bytes) -> None:
        """Read the headers, and decide how the body will be collected."""
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        if self.chunked:
            self.body_rcv = _Chunks(Body())
        else:
            self.body_rcv.buf = Body()

    def received(self, data: bytes) -> int:
        """Take the next bytes of the connection; return how many belonged to this request."""
        consumed: int = super().received(data)
        if not self.completed and self.body_bytes_received > MOST_READ:
            self.cut()
        return consumed

    @property
    def held(self) -> int:
        """The number of bytes that it holds in memory."""
        body = self.body_rcv.getbuf().kept if self.body_rcv is not None else 0
        return len(self.header_plus) + int(body)

    @property
    def is_too_large(self) -> bool:
        """Whether parts of its body were discarded."""
        return self.body_rcv is not None and bool(self.body_rcv.getbuf().kept > MOST_KEPT)

    def cut(self) -> None:
        """Give it to the app without the rest of its body, and end the connection after it."""
        self.headers["CONNECTION"] = "close"
        self.headers["CONTENT_LENGTH"] = str(len(self.body_rcv))
        self.completed = True
