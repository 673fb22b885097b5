"""Read a request's body, up to a limit.

The server (service/server/) has received the whole body before the app is called, within its
deadline. Of a longer body than `MOST_KEPT` it keeps one byte more than that.
"""

import sys

from flask import abort, request

MOST_KEPT = 8 * 1024 * 1024
"""The most that any route reads, in bytes."""
_TOO_LARGE = 413
_CHUNK = 64 * 1024


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
    as failed.
    """
    request.max_content_length = sys.maxsize
    body = request.stream.read(most + 1)
    if len(body) <= most:
        return body
    while request.stream.read(_CHUNK):
        pass
    return None
