"""Where a page of the log begins, as signed text in an address."""

from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer
from msgspec import Struct

from service.infra.signed_texts import serializer
from service.ports import Cursor
from service.web.request.current import settings

_PURPOSE = "log-cursor"
_MOST_NEWER = 20


class Place(Struct, frozen=True):
    """Where a page begins: behind `after`.

    `newer` are the beginnings of the pages before it, except the first page's, the nearest first.
    Twenty are kept, so that the address stays short; from there "Newer" leads to the first page.
    """

    after: Cursor
    newer: tuple[Cursor, ...] = ()

    def older(self, further: Cursor) -> "Place":
        """Return the place of the next page, which begins behind `further`."""
        return Place(further, (self.after, *self.newer)[:_MOST_NEWER])

    def back(self) -> "Place | None":
        """Return the place of the page before; `None` for the first page."""
        return Place(self.newer[0], self.newer[1:]) if self.newer else None


def sign_place(place: Place, *, tenant_id: str) -> str:
    """Return the place as signed text, valid in this winery's log alone."""
    cursors = (place.after, *place.newer)
    parts = [part for each in cursors for part in (each.at.isoformat(), each.key)]
    return _serializer(tenant_id).dumps(parts)


def read_place(text: str, *, tenant_id: str) -> Place | None:
    """Return the place in the text; `None` if it was not signed for this winery."""
    try:
        parts = _serializer(tenant_id).loads(text)
        pairs = zip(parts[::2], parts[1::2], strict=True)
        cursors = [Cursor(datetime.fromisoformat(at), str(key)) for at, key in pairs]
        return Place(cursors[0], tuple(cursors[1:]))
    except (BadSignature, ValueError, TypeError, IndexError):
        return None


def _serializer(tenant_id: str) -> URLSafeSerializer:
    return serializer(settings().session_keys, purpose=f"{_PURPOSE}.{tenant_id}")
