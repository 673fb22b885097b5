"""Reading a request's body, never more of it than allowed."""

from flask import abort, request

_TOO_LARGE = 413


def read_body(*, most: int) -> bytes:
    """Return the whole body, or answer 413 if it has more than `most` bytes.

    One byte more is let in, because a body without a length is silently cut at the limit.
    """
    request.max_content_length = most + 1
    body = request.get_data(cache=False)
    if len(body) > most:
        abort(_TOO_LARGE)
    return body
