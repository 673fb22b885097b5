"""The sandbox Meta's answers to whether a dataset takes offline events, in every shape. Pure.

Reference: Meta's "Sending Offline Events" (`is_consolidated_container`).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tests.sandbox.faults import DEFAULT_HANG_SECONDS, Moods
from tests.sandbox.graph_errors import missing_permission
from tests.sandbox.meta_read_rules import CONTAINER, ReadRequest, Registry, read_pixel


class OfflineMode(StrEnum):
    """The ways in which Meta may answer; without one it depends on the token."""

    TAKEN = "taken"
    NOT_TAKEN = "not-taken"
    REFUSED = "refused"
    ABSENT = "absent"
    HANG = "hang"


DESCRIPTIONS: Mapping[OfflineMode, str] = {
    OfflineMode.TAKEN: "The dataset takes offline events",
    OfflineMode.NOT_TAKEN: "The dataset takes none",
    OfflineMode.REFUSED: "The token may not read it (code 100)",
    OfflineMode.ABSENT: "An answer without the field",
    OfflineMode.HANG: f"Answer after {DEFAULT_HANG_SECONDS:.0f} s",
}

MOODS = Moods(descriptions=DESCRIPTIONS, well="by-token")


def is_about_offline(request: ReadRequest) -> bool:
    """Tell whether a read of a pixel asks about offline events."""
    return CONTAINER in request.query.get("fields", "").split(",")


def read_dataset(
    request: ReadRequest,
    pixel_id: str,
    *,
    registry: Registry,
    mode: OfflineMode | None,
    now: datetime,
) -> dict[str, Any]:
    """Return the pixel's fields as this mode has them."""
    if mode is None or mode is OfflineMode.HANG:
        return read_pixel(request, pixel_id, registry=registry, now=now)
    readable = replace(registry, names={**registry.names, pixel_id: "Fictional Ridge"})
    told = read_pixel(request, pixel_id, registry=readable, now=now)
    if mode is OfflineMode.REFUSED:
        raise missing_permission()
    if mode is OfflineMode.ABSENT:
        return {name: value for name, value in told.items() if name != CONTAINER}
    return told | {CONTAINER: mode is OfflineMode.TAKEN}
