"""Sending an event without a key that the vendor refused. Pure."""

from service.domain.copies import replace
from service.domain.events.event import Event, Identity
from service.domain.events.match_keys import WORDS

CONTENTS = "products"
ORDER_ID = "order number"
_IDENTITY_FIELDS = {word: field for field, word in WORDS.items()}

OPTIONAL_KEYS = frozenset({*_IDENTITY_FIELDS, CONTENTS, ORDER_ID})
"""The keys that an event can be sent without; its name, time, source and value are required."""


def drop_rejected_field(event: Event, key: str) -> Event:
    """Return the event without this optional key; unchanged if it has no such key."""
    if key == CONTENTS:
        return replace(event, custom=replace(event.custom, contents=(), units=None))
    if key == ORDER_ID:
        return replace(event, custom=replace(event.custom, order_id=None))
    field = _IDENTITY_FIELDS.get(key)
    if field is None:
        return event
    nothing = getattr(_EMPTY, field)
    return replace(event, identity=replace(event.identity, **{field: nothing}))


def has_field(event: Event, key: str) -> bool:
    """Tell whether the event has a value for this key."""
    return drop_rejected_field(event, key) != event


_EMPTY = Identity()
