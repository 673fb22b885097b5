"""Every shape in which Meta may answer about a dataset's quality."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.figures.quality import (
    Aspect,
    DedupeKey,
    Diagnostic,
    EventQuality,
    MatchKey,
    QualityAnswer,
    QualityFault,
    Variant,
)
from service.meta.quality import FIELDS, may_be_about_a_field, read_quality
from tests.dataset_quality import PURCHASE, TILL

READ = EventQuality(
    event="Purchase",
    score=7.2,
    keys=(
        MatchKey(identifier="email", coverage=100.0, increase=59.0),
        MatchKey(identifier="ip_address", coverage=99.9),
    ),
    diagnostics=(
        Diagnostic(
            name="Mismatched IP addresses",
            description="They differ.",
            solution="Send the shopper's.",
            percentage=61.5,
        ),
    ),
    dedupe_keys=(DedupeKey(key="event_id", browser=100.0, server=90.0, overlap=14.8),),
    coverage=34.1,
    coverage_goal=75.0,
    freshness="real_time",
)


def answer(body: object, status: int = 200) -> QualityAnswer:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_quality(status, text, {})


def web(*events: object) -> tuple[EventQuality, ...]:
    return answer({"web": list(events)}).events


class TestScores:
    def test_are_read_whole(self) -> None:
        assert answer({"web": [PURCHASE]}) == QualityAnswer(events=(READ,))

    def test_of_offline_events_are_read_by_table_and_by_example(self) -> None:
        (event,) = answer({"offline": [TILL]}).events
        assert (event.variant, event.score, event.key) == (Variant.OFFLINE, 6.6, "offline:Purchase")
        assert event.keys == (
            MatchKey(identifier="email", coverage=100.0),
            MatchKey(identifier="phone", coverage=90.0),
        )
        assert event.aspects == (
            Aspect(name="composite", score=6.6, advice="It could be improved."),
            Aspect(name="match_key", score=5.6, advice="Send e-mail and phone."),
            Aspect(name="frequency", score=4.6),
            Aspect(name="freshness", score=2.2),
        )
        moved = {**TILL, "composite": 6.6, "match_key": 5.6, "coverage": {"email": 50}}
        (event,) = answer({"offline": [moved]}).events
        assert (event.score, event.keys[0].coverage) == (6.6, 50.0)

    def test_of_one_event_name_stand_in_both_variants_and_once_in_each(self) -> None:
        events = answer({"web": [PURCHASE, PURCHASE], "offline": [TILL, TILL]}).events
        assert [each.key for each in events] == ["web:Purchase", "offline:Purchase"]

    @pytest.mark.parametrize("score", [None, "7.2", True, -1, 10.1, 1e30, [], {}, 10**400])
    def test_that_are_none_leave_the_event_without_one(self, score: object) -> None:
        quality = {"composite_score": score}
        (event,) = web({"event_name": "Lead", "event_match_quality": quality})
        assert event == EventQuality(event="Lead")

    def test_of_a_connection_test_are_left_out(self) -> None:
        quality = {"composite_score": 7.3}
        names = ("ConnectionTest", "Lead")
        events = web(*({"event_name": each, "event_match_quality": quality} for each in names))
        assert [each.event for each in events] == ["Lead"]

    def test_are_bounded(self) -> None:
        keys = [{"identifier": f"key-{number}"} for number in range(30)]
        found = [{"name": "n" * 900, "solution": "s" * 900} for _ in range(20)]
        quality = {"match_key_feedback": keys, "diagnostics": found}
        events = web(*({"event_name": f"E{n}", "event_match_quality": quality} for n in range(40)))
        assert (len(events), len(events[0].keys), len(events[0].diagnostics)) == (30, 20, 10)
        assert len(events[0].diagnostics[0].name) == 100
        assert len(events[0].diagnostics[0].solution) == 400

    def test_have_texts_of_one_printable_line(self) -> None:
        quality = {"diagnostics": [{"name": "a\u202eb\n\x00 c", "description": 7}]}
        (event,) = web({"event_name": " Lead\t", "event_match_quality": quality})
        assert (event.event, event.diagnostics[0].name) == ("Lead", "a b c")


class TestNoScores:
    @pytest.mark.parametrize(
        "body",
        [{}, {"web": []}, {"web": None}, {"web": {}}, {"web": "x"}, {"web": [None, 1, "x", []]},
         {"web": [{}, {"event_name": ""}, {"event_name": 7}]}, {"data": []}, {"offline": []}],
    )  # fmt: skip
    def test_are_no_fault(self, body: object) -> None:
        assert answer(body) == QualityAnswer()


class TestARefusal:
    @pytest.mark.parametrize(
        ("code", "subcode", "fault"),
        [
            (10, None, QualityFault.NOT_ALLOWED),
            (100, None, QualityFault.NOT_ALLOWED),
            (200, None, QualityFault.NOT_ALLOWED),
            (294, None, QualityFault.NOT_ALLOWED),
            (2044055, None, QualityFault.UNKNOWN_PIXEL),
            (100, 2044055, QualityFault.UNKNOWN_PIXEL),
            (100, 33, QualityFault.UNKNOWN_PIXEL),
            (803, None, QualityFault.UNKNOWN_PIXEL),
            (190, None, QualityFault.DEAD_TOKEN),
            (190, 463, QualityFault.DEAD_TOKEN),
            (102, None, QualityFault.DEAD_TOKEN),
            (4, None, QualityFault.THROTTLED),
            (80004, 2446079, QualityFault.THROTTLED),
            (2500, None, QualityFault.REFUSED),
            (2, None, QualityFault.NO_ANSWER),
            (99999, None, QualityFault.NO_ANSWER),
        ],
    )
    def test_says_why(self, code: int, subcode: int | None, fault: QualityFault) -> None:
        error = {"message": "x", "code": code, "error_subcode": subcode}
        for status in (200, 400, 403):
            found = answer({"error": error}, status)
            assert (found.fault, found.code) == (fault, code)

    @pytest.mark.parametrize(
        ("status", "body", "fault"),
        [
            (500, b"", QualityFault.NO_ANSWER),
            (503, b"<html>", QualityFault.NO_ANSWER),
            (200, b"", QualityFault.NO_ANSWER),
            (200, b"[]", QualityFault.NO_ANSWER),
            (200, b'{"web":', QualityFault.NO_ANSWER),
            (200, b"\xff", QualityFault.NO_ANSWER),
            (200, b"[" * 100_000, QualityFault.NO_ANSWER),
            (429, b"", QualityFault.THROTTLED),
            (302, b"{}", QualityFault.NO_ANSWER),
        ],
    )
    def test_without_a_code_is_no_answer(
        self, status: int, body: bytes, fault: QualityFault
    ) -> None:
        assert answer(body, status) == QualityAnswer(fault=fault)

    def test_may_be_about_a_field_unless_it_is_about_token_pixel_or_rate(self) -> None:
        doubtful = {fault for fault in QualityFault if may_be_about_a_field(_of(fault))}
        assert doubtful == {QualityFault.NOT_ALLOWED, QualityFault.REFUSED}


class TestTheFields:
    def test_ask_for_less_from_one_question_to_the_next(self) -> None:
        assert [len(each) for each in FIELDS] == sorted((len(f) for f in FIELDS), reverse=True)
        for each in FIELDS:
            assert each.count("{") == each.count("}")
            assert "event_name" in each
            assert "composite_score" in each
        assert ["offline{" in each for each in FIELDS] == [True, False, False]


def _of(fault: QualityFault) -> QualityAnswer:
    return QualityAnswer(fault=fault)


ANYTHING: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -7, 1e308, 10**40, "", "x", "<b>", [], {}, [[]], [{}], [None], {"a": {}}]
)


def places(value: Any) -> list[list[Any]]:
    """Return the path of every value in this JSON."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    inner = value.items() if isinstance(value, dict) else ()
    return [[], *([name, *path] for name, each in inner for path in places(each))]


def mutated(value: Any, path: list[Any], other: object) -> Any:
    """Return the JSON with another value in this place."""
    if not path:
        return other
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = mutated(value[path[0]], path[1:], other)
    return changed


WHOLE = {"web": [PURCHASE], "offline": [TILL]}


@given(st.sampled_from(places(WHOLE)), ANYTHING)
def test_an_answer_with_another_type_in_any_place_is_read(path: list[Any], other: object) -> None:
    found = answer(mutated(WHOLE, path, other))
    assert found.fault in {None, QualityFault.NO_ANSWER}
    assert all(each.score is None or 0 <= each.score <= 10 for each in found.events)
    if len(path) > 2:  # the event itself is left
        assert len(found.events) == 2 or path[-1] == "event_name"
