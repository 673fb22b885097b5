"""The vectors of Meta's documentation and libraries, for a shop in the United States."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.domain import identity

_VECTORS = Path(__file__).parents[3] / "vectors" / "normalization.json"
_CASES: list[dict[str, Any]] = json.loads(_VECTORS.read_text(encoding="utf-8"))
_TODAY = date(2026, 9, 30)


def _best_city(raw: str) -> str | None:
    return next(iter(identity.normalize_city(raw)), None)


_RULES: dict[str, Callable[[str], str | None]] = {
    "country": identity.normalize_country,
    "ct": _best_city,
    "db": lambda raw: identity.normalize_birth_date(raw, today=_TODAY),
    "em": identity.normalize_email,
    "external_id": identity.normalize_external_id,
    "fn": identity.normalize_name,
    "ge": identity.normalize_gender,
    "ln": identity.normalize_name,
    "ph": lambda raw: identity.normalize_phone(raw, region="US"),
    "st": lambda raw: identity.normalize_state(raw, country="us"),
    "zp": lambda raw: identity.normalize_postcode(raw, country="us"),
}


@pytest.mark.parametrize(
    "case", _CASES, ids=[f"{case['key']}-{case['input']!a}" for case in _CASES]
)
def test_vector(case: dict[str, Any]) -> None:
    normalized = _RULES[case["key"]](case["input"])
    assert normalized == case["normalized"]
    digest = None if normalized is None else identity.hashed(normalized)
    assert digest == case["sha256"]


def test_no_vector_is_lost_and_no_key_unhandled() -> None:
    assert len(_CASES) >= 219
    assert {case["key"] for case in _CASES} == set(_RULES)
