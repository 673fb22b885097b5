"""Read a request's body, up to a limit."""

import sys
from datetime import timedelta

from flask import abort, request

from service.web.request.current import now

_TOO_LARGE = 413
_TOO_SLOW = 408
_CHUNK = 4 * 1024
_DEADLINE = timedelta(seconds=20)


def read_body(*, most: int) -> bytes:
    """Return the whole body, or answer 413 if it has more than `most` bytes.

    Werkzeug's limit is one byte higher, since it silently cuts a body without a length.
    """
    request.max_content_length = most + 1
    body = request.get_data(cache=False)
    if len(body) > most:
        abort(_TOO_LARGE)
    return body


def read_to_the_end(*, most: int) -> bytes | None:
    """Return the whole body; `None` if it has more than `most` bytes, which are then discarded.

    A body is read to its end even so, because a sender that is answered before counts the request
    as failed. After 20 seconds the rest is left unread, or 408 answered if nothing was discarded.
    """
    request.max_content_length = sys.maxsize
    until = now() + _DEADLINE
    received = bytearray()
    is_too_large = False
    while chunk := request.stream.read(_CHUNK):
        is_too_large = is_too_large or len(received) + len(chunk) > most
        if is_too_large:
            received.clear()
        else:
            received += chunk
        if now() > until:
            break
    else:
        return None if is_too_large else bytes(received)
    return None if is_too_large else abort(_TOO_SLOW)
