"""The log's cursor, as signed text in an address."""

from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer

from service.infra.signed_texts import serializer
from service.ports import Cursor
from service.web.request.current import settings

_PURPOSE = "log-cursor"


def sign_cursor(place: Cursor, *, tenant_id: str) -> str:
    """Return the cursor as signed text, valid in this winery's log alone."""
    return _serializer(tenant_id).dumps([place.at.isoformat(), place.key])


def read_cursor(text: str, *, tenant_id: str) -> Cursor | None:
    """Return the cursor in the text; `None` if it was not signed for this winery."""
    try:
        at, key = _serializer(tenant_id).loads(text)
        return Cursor(datetime.fromisoformat(at), str(key))
    except (BadSignature, ValueError, TypeError):
        return None


def _serializer(tenant_id: str) -> URLSafeSerializer:
    return serializer(settings().session_keys, purpose=f"{_PURPOSE}.{tenant_id}")
