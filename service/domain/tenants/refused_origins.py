"""Sites that carry a winery's snippet but are no domain of its shop: their hits are refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

MOST_ORIGINS = 10
"""How many are kept. Forged hits can name any number of hosts, so only the newest count."""

_SAME_HOST_EVERY = timedelta(minutes=10)
_NEW_HOST_EVERY = timedelta(minutes=1)


class RefusedOrigin(Struct, frozen=True, kw_only=True):
    """A host whose hits were refused, and when the last of them was recorded."""

    host: str
    seen_at: datetime


def with_origin(
    known: Sequence[RefusedOrigin], host: str, *, at: datetime
) -> Sequence[RefusedOrigin]:
    """Return the origins with this host first; `known` itself if no write is needed.

    A host is recorded every ten minutes at most, and a full list accepts one new host a minute, so
    that many hits cause few writes.
    """
    seen = next((each.seen_at for each in known if each.host == host), None)
    if seen and at < seen + _SAME_HOST_EVERY:
        return known
    if seen is None and len(known) >= MOST_ORIGINS and at < known[0].seen_at + _NEW_HOST_EVERY:
        return known
    others = [each for each in known if each.host != host]
    return (RefusedOrigin(host=host, seen_at=at), *others[: MOST_ORIGINS - 1])
