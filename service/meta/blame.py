"""Finding the one key of an event that Meta refused. Pure.

Reference: Meta's Graph API "Error handling" (`error_data.blame_field_specs`). That field holds
names only; the message is localised and repeats values.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from service.domain.events.match_keys import WORDS
from service.domain.events.rejected_fields import CONTENTS, ORDER_ID
from service.meta.wire import USER_DATA_KEYS

_NAMES = re.compile(r"[A-Za-z_]+")
_KEYS = {
    **{key: WORDS[field] for field, key in USER_DATA_KEYS.items()},
    "order_id": ORDER_ID,
    **dict.fromkeys(
        (
            "contents",
            "content_ids",
            "content_type",
            "num_items",
            "item_price",
            "delivery_category",
        ),
        CONTENTS,
    ),
}
# Seen with a malformed fbc; that answer names no field.
_BY_SUBCODE = {2804001: WORDS["fbc"]}


def refused_key(error: Mapping[str, Any], subcode: int | None) -> str | None:
    """Return the one optional key that the error is about; `None` if there is not exactly one."""
    blamed = {_KEYS[name] for name in _blamed_names(error.get("error_data")) if name in _KEYS}
    if len(blamed) == 1:
        return blamed.pop()
    return _BY_SUBCODE.get(subcode or 0) if not blamed else None


def _blamed_names(error_data: object) -> Iterator[str]:
    if isinstance(error_data, str):  # Meta sends an object, or JSON text that holds one
        try:
            error_data = msgspec.json.decode(error_data)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return
    specs = error_data.get("blame_field_specs") if isinstance(error_data, dict) else None
    for spec in specs if isinstance(specs, list) else []:
        for path in spec if isinstance(spec, list) else [spec]:
            if isinstance(path, str):
                # Only the innermost name is to blame: `data[0][user_data][fbc]`.
                yield from _NAMES.findall(path)[-1:]
