"""Refusals with the texts and the shape of the Graph API.

Reference: Meta's Graph API documentation, "Handle Errors", and bodies quoted by its users.
"""

from datetime import datetime
from typing import Any


class RefusedError(Exception):
    """The whole request is refused: at Meta one bad event fails all events of a request."""

    def __init__(
        self,
        message: str,
        *,
        code: int = 100,
        subcode: int | None = None,
        status: int = 400,
        kind: str = "OAuthException",
        title: str | None = None,
        explanation: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self._kind = kind
        self._code = code
        self._optional = {
            "error_subcode": subcode,
            "error_user_title": title,
            "error_user_msg": explanation,
        }

    def body(self, trace_id: str) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        given = {key: value for key, value in self._optional.items() if value is not None}
        return {
            "error": {
                "message": str(self),
                "type": self._kind,
                "code": self._code,
                "is_transient": False,
                **given,
                "fbtrace_id": trace_id,
            }
        }


def unknown_path(path: str) -> RefusedError:
    """Return the refusal of an address that Graph does not have."""
    return RefusedError(f"Unknown path components: {path}", code=2500)


def unknown_token(token: str) -> RefusedError:
    """Return the refusal of a token; it repeats the token, as Meta's does."""
    return RefusedError(f"Malformed access token {token}", code=190, status=401)


def expired_token(ended_at: datetime) -> RefusedError:
    """Return the refusal of an expired token."""
    return RefusedError(
        f"Error validating access token: Session has expired on {ended_at:%A, %d-%b-%y %H:%M:%S}.",
        code=190,
        subcode=463,
    )


def missing_permission() -> RefusedError:
    """Return the refusal of a read by a token that may only send."""
    return RefusedError("(#100) Missing Permission")


def unknown_field(field: str) -> RefusedError:
    """Return the refusal of a field that pixels do not have."""
    return RefusedError(f"(#100) Tried accessing nonexisting field ({field})")


def unknown_object(pixel_id: str, *, method: str = "post") -> RefusedError:
    """Return the refusal of a pixel that does not exist, or not for this token."""
    return RefusedError(
        f"Unsupported {method} request. Object with ID '{pixel_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation.",
        subcode=33,
        kind="GraphMethodException",
    )


def invalid(param: str, complaint: str) -> RefusedError:
    """Return the refusal of a value; it names the key and never the value."""
    return RefusedError(f"(#100) Param {param} {complaint}")


def unexpected_key(key: str, param: str) -> RefusedError:
    """Return the refusal of a key that Meta does not know."""
    return RefusedError(f'(#100) Unexpected key "{key}" on param "{param}"')


def _with_subcode(subcode: int, title: str, explanation: str) -> RefusedError:
    return RefusedError("Invalid parameter", subcode=subcode, title=title, explanation=explanation)


def too_old() -> RefusedError:
    """Return the refusal of an event of more than seven days ago."""
    return _with_subcode(
        2804003,
        "Event Timestamp Too Old",
        "The timestamp for this event is too far in the past. Events need to be sent from your "
        "server within 7 days of when they occurred. Enter a timestamp that has occurred within "
        "the last 7 days.",
    )


def in_future() -> RefusedError:
    """Return the refusal of an event that has not happened yet."""
    return _with_subcode(
        2804004,
        "Event Timestamp In The Future",
        "The timestamp for this event is in the future. Enter a timestamp, in seconds, that has "
        "already occurred.",
    )


def value_missing() -> RefusedError:
    """Return the refusal of a purchase without a number as its value."""
    return _with_subcode(
        2804009,
        "Missing Value Of Purchase Event",
        "The value of your purchase event is missing or is not a number.",
    )


def currency_missing() -> RefusedError:
    """Return the refusal of a purchase without a currency."""
    return _with_subcode(
        2804010,
        "Missing Currency Of Purchase Event",
        "The currency of your purchase event is missing.",
    )


def currency_invalid() -> RefusedError:
    """Return the refusal of a purchase with an impossible currency."""
    return _with_subcode(
        2804011,
        "Invalid Currency Of Purchase Event",
        "The currency of your purchase event is not an ISO 4217 code.",
    )


def too_broad() -> RefusedError:
    """Return the refusal of an event whose user data is too broad to match a person."""
    return _with_subcode(
        2804050,
        "You haven't added sufficient customer information parameter data for this event",
        "This event has no customer information parameters or it has a combination of customer "
        "information parameters that is so broad that it is unlikely to be effective for matching.",
    )
