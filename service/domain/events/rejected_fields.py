"""Sending an event without a key that the vendor refused. Pure."""

from dataclasses import replace

from service.domain.events.event import Event, Identity
from service.domain.events.match_keys import WORDS

CONTENTS = "products"
ORDER_ID = "order number"
_IDENTITY_FIELDS = {word: field for field, word in WORDS.items()}

OPTIONAL_KEYS = frozenset({*_IDENTITY_FIELDS, CONTENTS, ORDER_ID})
"""What an event can do without; its name, time, place and value it cannot."""


def drop_rejected_field(event: Event, key: str) -> Event:
    """Return the event without this optional key; a key that it has not changes nothing."""
    if key == CONTENTS:
        return replace(event, custom=replace(event.custom, contents=()))
    if key == ORDER_ID:
        return replace(event, custom=replace(event.custom, order_id=None))
    field = _IDENTITY_FIELDS.get(key)
    if field is None:
        return event
    nothing = getattr(_NOBODY, field)
    return replace(event, identity=replace(event.identity, **{field: nothing}))


def has_field(event: Event, key: str) -> bool:
    """Tell whether there is something of this key in the event."""
    return drop_rejected_field(event, key) != event


_NOBODY = Identity()
