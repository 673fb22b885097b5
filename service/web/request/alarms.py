"""Log lines about what callers did, who may do it without end.

Of one name a process logs five at once and then one a minute.
"""

import logging
from collections.abc import Mapping

from service.infra.keyed_hash import KeyedHash
from service.web.request.caller import logged_network
from service.web.request.current import limits, now, settings

_CHARACTERS = 16

log = logging.getLogger(__name__)


def raise_alarm(name: str, *, tenant_id: str | None = None) -> None:
    """Log an alarm: a line at ERROR, by which the operator is called."""
    _log(logging.ERROR, name, extra={"tenant": tenant_id})


def note_refusal(
    name: str,
    *,
    reason: str | None = None,
    tenant_id: str | None = None,
    user_id: str | None = None,
) -> None:
    """Log a security event: a caller was refused. It is counted, and does not call the operator.

    The user is named by a keyed hash, and the caller by its network alone.
    """
    user = _hash_of(user_id) if user_id else None
    _log(logging.WARNING, name, extra={"tenant": tenant_id, "reason": reason, "user": user})


def _log(level: int, name: str, *, extra: Mapping[str, str | None]) -> None:
    if limits().alarms.retry_after(name, now=now()) is None:
        known = {field: value for field, value in extra.items() if value is not None}
        log.log(level, name, extra={**known, "network": logged_network()})


def _hash_of(user_id: str) -> str:
    hashes = KeyedHash(settings().session_keys[0], purpose="1pixel.log.user")
    return hashes.of(user_id)[:_CHARACTERS]
