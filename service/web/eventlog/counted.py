"""The counts of a dry run, as signed text in its confirmation button.

The confirmation reads them from there, so it need not count the rows again.
"""

from datetime import datetime, timedelta

import msgspec
from itsdangerous import BadSignature, URLSafeSerializer

from service.domain.records.job import Counted, JobKind
from service.infra.signed_texts import serializer
from service.web.request.current import now, settings

_PURPOSE = "log-counted"
_VALID_FOR = timedelta(minutes=10)
_COUNTED = msgspec.json.Decoder(Counted)


def signed(counted: Counted, kind: JobKind, *, tenant_id: str, query: str) -> str:
    """Return the counts as signed text, valid for this winery, kind of job and view alone."""
    numbers = msgspec.to_builtins(counted)
    return _serializer(kind, tenant_id, query).dumps([now().isoformat(), numbers])


def counted_in(text: str, kind: JobKind, *, tenant_id: str, query: str) -> Counted | None:
    """Return the counts in the text; `None` if it is forged, expired or for something else."""
    try:
        at, numbers = _serializer(kind, tenant_id, query).loads(text)
        counted = _COUNTED.decode(msgspec.json.encode(numbers))
    except (BadSignature, msgspec.ValidationError):  # forged, or of another release
        return None
    return counted if now() - datetime.fromisoformat(at) <= _VALID_FOR else None


def _serializer(kind: JobKind, tenant_id: str, query: str) -> URLSafeSerializer:
    purpose = f"{_PURPOSE}.{tenant_id}.{kind}.{query}"
    return serializer(settings().session_keys, purpose=purpose)
