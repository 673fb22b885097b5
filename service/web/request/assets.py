"""What pages load: files whose names have a fingerprint of their content (build.mjs), and pages.

A built file never changes, so a browser keeps it for good; each text of theirs is compressed once,
by the build. Pages and the snippet are compressed as they are answered. An attack that measures a
compressed page (BREACH) needs a secret that stays the same; a page's session is new each time.
"""

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Response, request, send_from_directory, url_for

from service.web.request.current import static_folder

_BUILT = "built"
_A_YEAR = 365 * 24 * 3600
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_COMPRESSED = frozenset({"text/html", "text/javascript"})
_LEVEL, _SMALL = 9, 1000


def asset(name: str) -> str:
    """Return the address of the built file that has this name without its fingerprint."""
    return url_for("static", filename=f"{_BUILT}/{_names(static_folder())[name]}")


def is_built(filename: str) -> bool:
    """Tell whether a file below `static/` was built, so that its name changes with it."""
    return filename.startswith(f"{_BUILT}/")


def send_built(filename: str) -> Response:
    """Return a built file, compressed if the browser takes that, to be kept for good.

    Raises:
        NotFound: there is no such file.
    """
    accepted = request.accept_encodings
    for encoding, suffix in _ENCODINGS:
        if accepted.quality(encoding) and (static_folder() / f"{filename}{suffix}").is_file():
            response = _send(f"{filename}{suffix}", kind=_kind(filename))
            response.content_encoding = encoding
            return response
    return _send(filename, kind=_kind(filename))


def compress(response: Response) -> Response:
    """Compress a page or the snippet, unless it is small or the browser does not take that."""
    if (
        response.mimetype in _COMPRESSED
        and not response.is_streamed
        and not response.content_encoding
        and len(page := response.get_data()) >= _SMALL
        and request.accept_encodings.quality("gzip")
    ):
        response.set_data(gzip.compress(page, _LEVEL, mtime=0))
        response.content_encoding = "gzip"
        response.vary.add("Accept-Encoding")
    return response


def _send(filename: str, *, kind: str | None) -> Response:
    response = send_from_directory(static_folder(), filename, mimetype=kind, max_age=_A_YEAR)
    response.cache_control.immutable = True
    response.vary.add("Accept-Encoding")
    return response


def _kind(filename: str) -> str | None:
    return {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}.get(
        Path(filename).suffix
    )


@cache
def _names(folder: Path) -> Mapping[str, str]:
    names: dict[str, str] = json.loads((folder / _BUILT / "names.json").read_text())
    return names
