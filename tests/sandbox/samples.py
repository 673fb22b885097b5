"""The documented bodies in `tests/vectors/commerce7`, and a comparison of shapes. For tests."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[1] / "vectors" / "commerce7"


def sample(name: str) -> dict[str, Any]:
    """Return a documented webhook."""
    body = json.loads((_FOLDER / name).read_text())
    assert isinstance(body, dict)
    return body


def same_shape(value: Any, other: Any) -> None:
    """Assert that two structures have the same keys, wherever both have any."""
    if isinstance(value, dict) and isinstance(other, dict):
        assert value.keys() == other.keys()
        for key in value.keys() - {"yearlyValue"}:
            same_shape(value[key], other[key])
    elif isinstance(value, list) and isinstance(other, list) and value and other:
        same_shape(value[0], other[0])
