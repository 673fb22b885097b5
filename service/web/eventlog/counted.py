"""What a dry run has counted, as a text in its button that only we can make.

So the rows are read once: confirming counts nothing again.
"""

from datetime import datetime, timedelta

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from service.domain.records.job import Counted, JobKind
from service.web.request.current import now, settings

_SALT = "log-counted"
_HOLDS_FOR = timedelta(minutes=10)


def signed(counted: Counted, kind: JobKind, *, tenant_id: str, query: str) -> str:
    """Return the numbers as text; it says nothing of another winery, work or view."""
    numbers = msgspec.to_builtins(counted)
    return _serializer(kind, tenant_id, query).dumps([now().isoformat(), numbers])


def counted_in(text: str, kind: JobKind, *, tenant_id: str, query: str) -> Counted | None:
    """Return the numbers in the text; `None` if we did not make it for this, or long ago."""
    try:
        at, numbers = _serializer(kind, tenant_id, query).loads(text)
        counted = msgspec.convert(numbers, Counted)
    except (BadSignature, msgspec.ValidationError):  # not ours, or another version's
        return None
    return counted if now() - datetime.fromisoformat(at) <= _HOLDS_FOR else None


def _serializer(kind: JobKind, tenant_id: str, query: str) -> URLSafeSerializer:
    # itsdangerous takes the newest key last.
    keys = list(reversed(settings().session_keys))
    return URLSafeSerializer(keys, salt=f"{_SALT}.{tenant_id}.{kind}.{query}")
