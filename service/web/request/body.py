"""Read a request's body, up to a limit."""

from flask import abort, request

_TOO_LARGE = 413


def read_body(*, most: int) -> bytes:
    """Return the whole body, or answer 413 if it has more than `most` bytes.

    Werkzeug's limit is one byte higher, since it silently cuts a body without a length.
    """
    request.max_content_length = most + 1
    body = request.get_data(cache=False)
    if len(body) > most:
        abort(_TOO_LARGE)
    return body
