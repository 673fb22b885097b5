"""Meta's rules for an event's user data: hashed, plausible, and not too broad. Pure.

Reference: Meta's Conversions API documentation, "Customer Information Parameters", "fbp and fbc"
and, for the combinations that are too broad, "Best Practices".
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.sandbox.graph_errors import invalid, too_broad, unexpected_key

# A rule returns its complaint. It never repeats the value, which may be raw personal data.
_Rule = Callable[[object], str | None]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_BROWSER_ID = re.compile(
    r"fb\.[0-9]+\.[0-9]{10,13}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]{2}|\.[A-Za-z0-9_-]{8})?"
)

_TOO_BROAD = (
    frozenset({"ct", "country", "st", "zp", "ge", "client_user_agent"}),
    frozenset({"db", "client_user_agent"}),
    frozenset({"fn", "ge"}),
    frozenset({"ln", "ge"}),
)


def check_user_data(user_data: object, *, param: str) -> None:
    """Refuse user data that Meta would refuse.

    Meta documents a user agent as required of website events, and takes events without one.
    """
    if not isinstance(user_data, dict):
        raise invalid(param, "must be an object")
    for key, value in user_data.items():
        if key not in _RULES:
            raise unexpected_key(key, param)
        if complaint := _RULES[key](value):
            raise invalid(f"{param}['{key}']", complaint)
    if any(user_data.keys() <= combination for combination in _TOO_BROAD):
        raise too_broad()


def _hashed(value: object) -> str | None:
    hashes = value if isinstance(value, list) else [value]
    if not hashes:
        return "must not be empty"
    if not all(isinstance(each, str) and _SHA256.fullmatch(each) for each in hashes):
        return "must be hashed with SHA-256, in lower-case hexadecimal"
    if _HASH_OF_NOTHING in hashes:
        return "is the hash of an empty string"
    return None


def _public_ip(value: object) -> str | None:
    try:
        address = ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        return "must be an IP address, unhashed"
    if not address.is_global or address.is_multicast or getattr(address, "ipv4_mapped", None):
        return "must be a public IP address"
    return None


def _browser_id(value: object) -> str | None:
    if isinstance(value, str) and _BROWSER_ID.fullmatch(value):
        return None
    return "must look like fb.1.1554763741205.AbCdEf, unhashed"


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must be a non-empty string"


def _number(value: object) -> str | None:
    return None if type(value) is int else "must be an integer"


_RULES: Mapping[str, _Rule] = {
    **dict.fromkeys(("em", "ph", "fn", "ln", "db", "ge", "ct", "st", "zp"), _hashed),
    **dict.fromkeys(("country", "external_id"), _hashed),
    "client_ip_address": _public_ip,
    "client_user_agent": _text,
    "fbc": _browser_id,
    "fbp": _browser_id,
    "fb_login_id": _number,
    "lead_id": _number,
    **dict.fromkeys(("subscription_id", "madid", "anon_id", "page_id"), _text),
    **dict.fromkeys(("page_scoped_user_id", "ctwa_clid", "ig_account_id", "ig_sid"), _text),
}


def match_keys(event: Mapping[str, Any]) -> list[str]:
    """Return the names of the user-data keys in an event, never their values."""
    user_data = event.get("user_data")
    return sorted(map(str, user_data)) if isinstance(user_data, dict) else []
