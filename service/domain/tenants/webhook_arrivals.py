"""Which of Commerce7's webhooks have arrived, so that a missing subscription is seen. Pure.

An app subscribes to each object and action by itself (Commerce7: Webhooks).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from service.domain.shop.signal import Action, ObjectKind

NOTED_EVERY = timedelta(days=1)
"""How often a webhook of the same object and action is written down, at most."""

NEEDED = tuple((kind, action) for kind in ObjectKind for action in (Action.CREATE, Action.UPDATE))
"""The webhooks that events are made from."""


def with_arrival(
    known: Mapping[str, datetime], kind: ObjectKind, action: Action, *, at: datetime
) -> Mapping[str, datetime]:
    """Return the times after such a webhook; the same ones if that tells no news."""
    last = arrived_at(known, kind, action)
    if last is not None and at < last + NOTED_EVERY:
        return known
    return {**known, _name(kind, action): at}


def arrived_at(known: Mapping[str, datetime], kind: ObjectKind, action: Action) -> datetime | None:
    """Return when such a webhook was last written down; `None` for never."""
    return known.get(_name(kind, action))


def _name(kind: ObjectKind, action: Action) -> str:
    return f"{kind} {action}"
