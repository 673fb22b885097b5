"""Sites that carry a winery's snippet but are no domain of its shop: their hits are refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_ORIGINS = 10
"""How many are remembered. Anybody can make up more, so only the newest count."""

_SEEN_AGAIN = timedelta(minutes=10)
_MADE_UP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedOrigin:
    """A host whose hits were refused, and when the last of them was noted."""

    host: str
    seen_at: datetime


def with_origin(
    known: Sequence[RefusedOrigin], host: str, *, at: datetime
) -> Sequence[RefusedOrigin]:
    """Return the origins with this host first; `known` itself where that is not worth a write.

    A host is noted every ten minutes at most, and a full list takes one new host a minute, so that
    no stream of hits becomes a stream of writes.
    """
    seen = next((each.seen_at for each in known if each.host == host), None)
    if seen and at < seen + _SEEN_AGAIN:
        return known
    if seen is None and len(known) >= MOST_ORIGINS and at < known[0].seen_at + _MADE_UP:
        return known
    others = [each for each in known if each.host != host]
    return (RefusedOrigin(host=host, seen_at=at), *others[: MOST_ORIGINS - 1])
