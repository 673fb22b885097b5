"""The sandbox Meta's answers about offline events are those that the service reads."""

import json

import pytest

from service.domain.figures.quality import OfflineEvents
from service.meta.credentials import read_offline_events
from tests.sandbox.good_request import NOW, REGISTRY
from tests.sandbox.graph_errors import RefusedError
from tests.sandbox.meta_offline import OfflineMode, is_about_offline, read_dataset
from tests.sandbox.meta_read_rules import CONTAINER, ReadRequest


def read(token: str, pixel: str, mode: OfflineMode | None) -> OfflineEvents | None:
    asked = ReadRequest(version="v27.0", token=token, query={"fields": CONTAINER})
    assert is_about_offline(asked)
    try:
        told = read_dataset(asked, pixel, registry=REGISTRY, mode=mode, now=NOW)
    except RefusedError as refusal:
        body = json.dumps(refusal.body("trace")).encode()
        return read_offline_events(refusal.status, body, {})
    return read_offline_events(200, json.dumps(told).encode(), {})


@pytest.mark.parametrize(
    ("mode", "found"),
    [
        (OfflineMode.TAKEN, OfflineEvents.TAKEN),
        (OfflineMode.NOT_TAKEN, OfflineEvents.NOT_TAKEN),
        (OfflineMode.REFUSED, OfflineEvents.UNTOLD),
        (OfflineMode.ABSENT, OfflineEvents.UNTOLD),
        (None, OfflineEvents.UNTOLD),
    ],
)
def test_of_a_token_that_may_only_send(mode: OfflineMode | None, found: OfflineEvents) -> None:
    assert read("EAAfirst", "111", mode) is found


def test_of_a_token_that_may_read() -> None:
    assert read("EAAsecond", "222", None) is OfflineEvents.TAKEN


@pytest.mark.parametrize("mode", OfflineMode)
def test_of_a_dead_token_or_another_pixels_one(mode: OfflineMode) -> None:
    assert read("EAAwrong", "111", mode) is None
    assert read("EAAsecond", "111", mode) is OfflineEvents.UNTOLD
