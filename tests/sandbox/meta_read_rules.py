"""Meta's answers to reads of tokens and pixels. Pure.

Reference: Meta's Graph API documentation, "Debug-Token", and answers quoted by its users: a token
made in Events Manager may inspect itself, but not read its pixel.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.sandbox.graph_errors import (
    RefusedError,
    expired_token,
    missing_permission,
    unknown_field,
    unknown_object,
    unknown_path,
    unknown_token,
)

_VERSION = re.compile(r"v[0-9]+\.0")
CONTAINER = "is_consolidated_container"
"""The field that says whether a dataset takes offline events."""

_FIELDS = frozenset({"id", "name", CONTAINER})
_SCOPE = "read_ads_dataset_quality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The token of each pixel, the tokens' expiries, and the names of readable pixels."""

    pixels: Mapping[str, str]
    expiries: Mapping[str, datetime]
    names: Mapping[str, str]

    def check(self, token: str | None, *, now: datetime) -> str:
        """Return the token if it is valid."""
        if token is None or token not in self.pixels.values():
            raise unknown_token(token or "")
        ends_at = self.expiries.get(token)
        if ends_at and ends_at <= now:
            raise expired_token(ends_at)
        return token


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """One GET, as it arrived; a repeated parameter counts once, by its first value."""

    version: str
    token: str | None
    query: Mapping[str, str]


def debug_token(request: ReadRequest, *, registry: Registry, now: datetime) -> dict[str, Any]:
    """Return Meta's facts about the token in the query."""
    check_request(request, {"input_token"})
    registry.check(request.token, now=now)
    asked = request.query.get("input_token")
    if not asked:
        raise RefusedError("(#100) The parameter input_token is required")
    if asked not in registry.pixels.values():
        return {"data": _dead(190, None, "Invalid OAuth access token.")}
    ends_at = registry.expiries.get(asked)
    if ends_at and ends_at <= now:
        dead = _dead(190, 463, "Error validating access token: Session has expired.")
        return {"data": dead | {"expires_at": int(ends_at.timestamp())}}
    targets = [pixel for pixel, token in registry.pixels.items() if token == asked]
    return {
        "data": {
            "app_id": "1234567890",
            "application": "Conversions API Application",
            "type": "SYSTEM_USER",
            "is_valid": True,
            "expires_at": int(ends_at.timestamp()) if ends_at else 0,
            "data_access_expires_at": 0,
            "scopes": [_SCOPE],
            "granular_scopes": [{"scope": _SCOPE, "target_ids": targets}],
            "user_id": "122100000000000001",
        }
    }


def read_pixel(
    request: ReadRequest, pixel_id: str, *, registry: Registry, now: datetime
) -> dict[str, Any]:
    """Return the pixel's fields, which a token that may only send may not read."""
    check_request(request, {"fields"})
    token = registry.check(request.token, now=now)
    if registry.pixels.get(pixel_id) != token:
        raise unknown_object(pixel_id, method="get")
    for field in request.query.get("fields", "id").split(","):
        if field not in _FIELDS:
            raise unknown_field(field)
    if pixel_id not in registry.names:
        raise missing_permission()
    known = {"id": pixel_id, "name": registry.names[pixel_id], CONTAINER: True}
    asked = request.query.get("fields", "id").split(",")
    return {name: value for name, value in known.items() if name in {"id", *asked}}


def check_request(request: ReadRequest, allowed: set[str]) -> None:
    """Refuse a malformed version, and parameters other than these."""
    if not _VERSION.fullmatch(request.version):
        raise unknown_path(f"/{request.version}")
    # Meta also takes an `access_token` here; our client would leak it, so it is refused.
    for name in request.query:
        if name not in allowed:
            raise RefusedError(f"(#100) The sandbox takes no parameter {name} here")


def _dead(code: int, subcode: int | None, message: str) -> dict[str, Any]:
    error = {"code": code, "message": message} | ({"subcode": subcode} if subcode else {})
    return {"error": error, "is_valid": False, "scopes": []}
