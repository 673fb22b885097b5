"""Hostile bodies of beacons: whatever comes of them is bounded."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.events.event import WEBSITE_EVENTS
from service.web.endpoints.beacon import MOST_HITS, parse_beacon
from tests.beacons import beacon, hit

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(["tenant", "events", "fbp", "fbc", "email", "customer", "cart", "gpc"])


def parsed(body: bytes) -> None:
    """Parse the body, and check that whatever comes of it is bounded."""
    found = parse_beacon(body, ip="", user_agent="")
    if found is None:
        return
    assert len(found.hits) <= MOST_HITS
    assert all(each.name in WEBSITE_EVENTS for each in found.hits)
    assert len(found.visitor.fbc or "") < 700


@pytest.mark.thorough
class TestAHostileBody:
    @settings(max_examples=1000)
    @given(st.binary(max_size=300) | st.builds(lambda it: json.dumps(it).encode(), JSON))
    def test_never_fails(self, body: bytes) -> None:
        parsed(body)

    @settings(max_examples=1000)
    @given(st.dictionaries(KEYS, JSON), JSON)
    def test_with_our_keys_never_fails(self, changes: dict[str, Any], strange: object) -> None:
        parsed(json.dumps(beacon(hit()) | changes | {"events": [strange, hit()]}).encode())
