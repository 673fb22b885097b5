"""The form of an account token, which names a user of Commerce7's admin. Pure.

Reference: Commerce7, "Authenticate App Requests": a JWT (RFC 7519), whose payload has the user's id
as `sub` and the type "Account". Only Commerce7 can verify it.
"""

import re
from base64 import urlsafe_b64decode
from typing import Any

import msgspec

_PART = r"[A-Za-z0-9_~+/=-]+"
_FORM = re.compile(rf"(?=.{{1,2000}}$){_PART}\.({_PART})\.{_PART}")
_TYPE = "account"


def may_be_account_token(text: str) -> bool:
    """Tell whether Commerce7 may confirm this; `False` only for what can be no account token.

    That is a text without a JWT's three parts, or one whose payload names another type. A payload
    that cannot be read, or names no type, is Commerce7's to judge.
    """
    found = _FORM.fullmatch(text)
    if found is None:
        return False
    payload = _payload(found[1])
    named = payload.get("type", _TYPE) if isinstance(payload, dict) else None
    return isinstance(named, str) and named.lower() == _TYPE


def claimed_user(text: str) -> str | None:
    """Return the id of the user that the token claims to be of; `None` if it names none.

    The claim is not verified: it is good for nothing but to find a rate limit.
    """
    found = _FORM.fullmatch(text)
    payload = _payload(found[1]) if found else None
    claimed = payload.get("sub") if isinstance(payload, dict) else None
    return claimed if isinstance(claimed, str) and claimed else None


def _payload(part: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the payload's JSON; an empty object if it cannot be read."""
    bare = part.rstrip("=")
    try:
        return msgspec.json.decode(urlsafe_b64decode(bare + "=" * (-len(bare) % 4)))
    except (ValueError, RecursionError):
        return {}
