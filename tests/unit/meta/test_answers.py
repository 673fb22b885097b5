import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.delivery.verdict import Answer
from service.domain.events.reason import Reason
from service.infra.http import Failure
from service.meta.answers import Call, classify, no_answer, read_answer

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "graph_errors.json").read_bytes())
MARKER = "casey.marker@example.com"


def error(**fields: Any) -> bytes:
    return json.dumps({"error": {"message": f"about {MARKER}", **fields}}).encode()


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["id"])
def test_gives_every_recorded_answer_its_class(case: dict[str, Any]) -> None:
    if case["http_status"] is None:
        assert no_answer(Failure.LATE).answer == case["class"]
        return
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    # One recorded answer was given to a read; for a send the same answer is a refusal.
    call = Call.READ if case.get("context") == "GET probe only" else Call.SEND

    assert read_answer(case["http_status"], body.encode(), {}, call=call).answer == case["class"]


def test_there_are_at_least_the_recorded_answers() -> None:
    assert len(VECTORS) >= 23


class TestSuccess:
    def test_is_one_event_received(self) -> None:
        verdict = read_answer(200, b'{"events_received":1,"messages":[],"fbtrace_id":"A-b_1"}', {})
        assert (verdict.answer, verdict.trace_id) == (Answer.ACCEPTED, "A-b_1")

    @pytest.mark.parametrize(
        "body",
        [
            b'{"events_received":0}',
            b'{"events_received":2}',
            b'{"events_received":true}',
            b'{"success":false}',
            b'{"success":true}',
            b'{"events_received":null,"messages":[]}',
            b"{}",
            b"",
            b"Service Unavailable",
            b"[1]",
        ],
    )
    def test_is_nothing_else_that_came_with_200(self, body: bytes) -> None:
        assert read_answer(200, body, {}).answer is Answer.TRANSIENT

    def test_is_not_what_came_with_another_status(self) -> None:
        assert read_answer(500, b'{"events_received":1}', {}).answer is Answer.TRANSIENT

    def test_is_not_an_error_that_came_with_200(self) -> None:
        assert read_answer(200, error(code=190), {}).answer is Answer.TOKEN


class TestClassify:
    @pytest.mark.parametrize(
        ("code", "subcode", "answer"),
        [
            (1, 99, Answer.TRANSIENT),
            (368, None, Answer.TRANSIENT),
            (3, None, Answer.TOKEN),
            (10, None, Answer.TOKEN),
            (102, None, Answer.TOKEN),
            (104, None, Answer.TOKEN),
            (200, None, Answer.TOKEN),
            (4, None, Answer.THROTTLED),
            (613, None, Answer.THROTTLED),
            (2, None, Answer.TRANSIENT),
            (-1, None, Answer.TRANSIENT),
            (None, None, Answer.TRANSIENT),
            (5, None, Answer.TRANSIENT),
            (17, 2446079, Answer.THROTTLED),
            (32, None, Answer.THROTTLED),
            (341, None, Answer.THROTTLED),
            (80006, None, Answer.THROTTLED),
            (80014, None, Answer.THROTTLED),
            (190, None, Answer.TOKEN),
            (190, 999, Answer.TOKEN),
            (294, None, Answer.TOKEN),
            (299, None, Answer.TOKEN),
            (300, None, Answer.TRANSIENT),
            (803, None, Answer.TOKEN),
            (100, 33, Answer.TOKEN),
            (100, None, Answer.PERMANENT),
            (100, 2804004, Answer.PERMANENT),
            (2500, None, Answer.PERMANENT),
        ],
    )
    def test_goes_by_code_and_subcode(
        self, code: int | None, subcode: int | None, answer: Answer
    ) -> None:
        assert classify(code, subcode) is answer

    def test_tells_a_token_that_may_not_read_from_a_wrong_question(self) -> None:
        assert classify(100, None, call=Call.READ) is Answer.TOKEN
        assert classify(100, 2804004, call=Call.READ) is Answer.PERMANENT

    @pytest.mark.parametrize(
        ("code", "subcode"), [(100, 2804003), (100, None), (2500, None), (7, 9)]
    )
    def test_takes_metas_word_that_a_refusal_will_pass(
        self, code: int, subcode: int | None
    ) -> None:
        body = error(code=code, error_subcode=subcode, is_transient=True)
        verdict = read_answer(400, body, {})
        assert (verdict.answer, verdict.reason) == (Answer.TRANSIENT, Reason.META_UNABLE)

    @pytest.mark.parametrize("word", [False, None, "true", 1, {}])
    def test_takes_nothing_else_for_that_word(self, word: object) -> None:
        body = error(code=100, error_subcode=2804003, is_transient=word)
        assert read_answer(400, body, {}).answer is Answer.PERMANENT

    @given(code=st.integers(-5, 90000), subcode=st.none() | st.sampled_from([33, 463, 2804003]))
    def test_lets_that_word_change_nothing_about_token_and_rate(
        self, code: int, subcode: int | None
    ) -> None:
        usual = classify(code, subcode)
        expected = Answer.TRANSIENT if usual is Answer.PERMANENT else usual
        assert classify(code, subcode, is_transient=True) is expected

    @given(status=st.integers(100, 599), text=st.text())
    def test_never_goes_by_status_or_text(self, status: int, text: str) -> None:
        body = json.dumps({"error": {"message": text, "code": 190, "error_subcode": 463}})
        assert read_answer(status, body.encode(), {}).answer is Answer.TOKEN


class TestAMissingProofOfTheAppSecret:
    TEXTS = (
        "API calls from the server require an appsecret_proof argument",
        "Invalid appsecret_proof provided in the API argument",
        "(#100) Der Parameter APPSECRET_PROOF fehlt",
    )

    @pytest.mark.parametrize("text", TEXTS)
    @pytest.mark.parametrize("more", [{}, {"is_transient": True}, {"error_subcode": 0}])
    @pytest.mark.parametrize("call", Call)
    def test_is_about_the_token(self, text: str, more: dict[str, Any], call: Call) -> None:
        body = json.dumps({"error": {"message": text, "code": 100, **more}}).encode()
        verdict = read_answer(400, body, {}, call=call)
        assert (verdict.answer, verdict.reason) == (Answer.TOKEN, Reason.PROOF_REQUIRED)

    @pytest.mark.parametrize("fields", [{"code": 100, "error_subcode": 2804003}, {"code": 2500}])
    def test_is_not_told_by_the_text_of_another_answer(self, fields: dict[str, int]) -> None:
        body = json.dumps({"error": {"message": self.TEXTS[0], **fields}}).encode()
        assert read_answer(400, body, {}).answer is Answer.PERMANENT

    @pytest.mark.parametrize("message", ["Invalid parameter", None, 7, ["appsecret_proof"]])
    def test_is_told_by_its_name_alone(self, message: object) -> None:
        body = json.dumps({"error": {"message": message, "code": 100}}).encode()
        assert read_answer(400, body, {}).answer is Answer.PERMANENT


class TestWithoutACode:
    @pytest.mark.parametrize(
        ("status", "answer"),
        [
            (500, Answer.TRANSIENT),
            (408, Answer.TRANSIENT),
            (404, Answer.TRANSIENT),
            (429, Answer.THROTTLED),
        ],
    )
    def test_the_status_has_to_do(self, status: int, answer: Answer) -> None:
        assert read_answer(status, b"<html>", {}).answer is answer


class TestHowLong:
    USE = '{"estimated_time_to_regain_access":%s}'
    BUSINESS = '{"77":[{"type":"ads_management","estimated_time_to_regain_access":%s}]}'

    @pytest.mark.parametrize(
        ("headers", "wait"),
        [
            ({}, None),
            ({"x-business-use-case-usage": BUSINESS % 3}, timedelta(minutes=3)),
            ({"x-business-use-case-usage": BUSINESS % 0}, None),
            ({"x-business-use-case-usage": BUSINESS % 10**8}, timedelta(hours=24)),
            ({"x-business-use-case-usage": "not json"}, None),
            ({"x-business-use-case-usage": '{"77":[null,7],"78":{}}'}, None),
            ({"x-ad-account-usage": '{"reset_time_duration":100}'}, timedelta(seconds=100)),
            ({"x-ad-account-usage": "[]"}, None),
            (
                {
                    "x-business-use-case-usage": BUSINESS % 1,
                    "x-ad-account-usage": '{"reset_time_duration":100}',
                },
                timedelta(seconds=100),
            ),
            (
                {"x-business-use-case-usage": f'{{"1":[{USE % 2},{USE % 5}],"2":[{USE % 4}]}}'},
                timedelta(minutes=5),
            ),
        ],
    )
    def test_is_metas_own_estimate(self, headers: dict[str, str], wait: timedelta | None) -> None:
        assert read_answer(400, error(code=80004), headers).retry_after == wait
        assert read_answer(429, b"", headers).retry_after == wait

    def test_is_asked_of_throttling_only(self) -> None:
        headers = {"x-business-use-case-usage": self.BUSINESS % 3}
        assert read_answer(400, error(code=190), headers).retry_after is None


class TestNoAnswer:
    def test_is_marked_as_unanswered(self) -> None:
        assert not no_answer(Failure.LATE).answered
        assert read_answer(500, b"", {}).answered


class TestWords:
    def test_tell_the_cause_and_the_codes(self) -> None:
        verdict = read_answer(400, error(code=100, error_subcode=2804003), {})
        assert verdict.sentence == (
            "Meta refused the event: it is older than 7 days (code 100, subcode 2804003)"
        )

    def test_keep_a_trace_id_that_is_one(self) -> None:
        assert read_answer(400, error(fbtrace_id="A-b_1"), {}).trace_id == "A-b_1"
        assert read_answer(400, error(fbtrace_id=f"A {MARKER}"), {}).trace_id is None

    def test_take_no_truth_for_a_code(self) -> None:
        assert read_answer(400, error(code=True), {}).code is None

    @given(
        st.dictionaries(
            st.sampled_from(["code", "error_subcode", "type", "error_user_msg", "fbtrace_id"]),
            st.integers() | st.just(MARKER) | st.none() | st.booleans(),
        )
    )
    def test_are_never_metas(self, fields: dict[str, object]) -> None:
        verdict = read_answer(400, error(**fields), {})
        assert MARKER not in str(verdict)

    @given(st.binary(max_size=100), st.integers(100, 599))
    def test_come_for_any_bytes(self, body: bytes, status: int) -> None:
        verdict = read_answer(status, body, {})
        assert verdict.answer is Answer.ACCEPTED or verdict.sentence
