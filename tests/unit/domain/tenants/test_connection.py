"""How a connection is judged by Meta's report about the token and its answer to the probe."""

from datetime import timedelta

import pytest

from service.domain.delivery.verdict import Verdict
from service.domain.events.match_keys import is_matchable
from service.domain.tenants.connection import (
    TEST_IDENTITY,
    UNPROVEN,
    Cause,
    ConnectionFinding,
    ConnectionTestAnswer,
    Objection,
    TokenFacts,
    fault_of_pixel_id,
    judge_test,
    judge_token,
)
from tests.builders import (
    ACCEPTED,
    BAD_TOKEN,
    DOWN,
    LOST,
    NOW,
    PIXEL,
    REFUSED,
    SECOND_PIXEL,
    SLOW_DOWN,
)

TOMORROW = NOW + timedelta(days=1)
UNKNOWN = TokenFacts()
OURS = TokenFacts(is_valid=True, pixel_ids=frozenset({PIXEL, SECOND_PIXEL}))
OTHERS = TokenFacts(is_valid=True, pixel_ids=frozenset({SECOND_PIXEL}))
ENDING = TokenFacts(is_valid=True, expires_at=TOMORROW)


class TestAPixelId:
    @pytest.mark.parametrize(
        ("pixel_id", "cause"),
        [
            ("", Cause.NO_PIXEL),
            ("123456789", Cause.MALFORMED_PIXEL),
            ("1" * 18, Cause.MALFORMED_PIXEL),
            ("12345678901234x", Cause.MALFORMED_PIXEL),
            ("1234567890\n", Cause.MALFORMED_PIXEL),
            ("1234567890", None),
            ("1" * 17, None),
        ],
    )
    def test_has_ten_to_seventeen_digits(self, pixel_id: str, cause: Cause | None) -> None:
        assert fault_of_pixel_id(pixel_id) is cause


class TestATokenBeforeItIsTried:
    @pytest.mark.parametrize("facts", [UNKNOWN, OURS, OTHERS, ENDING])
    def test_is_alive_unless_meta_says_that_it_is_dead(self, facts: TokenFacts) -> None:
        assert judge_token(facts) is None

    @pytest.mark.parametrize(
        ("facts", "finding"),
        [
            (TokenFacts(is_valid=False), ConnectionFinding(cause=Cause.INVALID_TOKEN)),
            (
                TokenFacts(is_valid=False, expires_at=NOW),
                ConnectionFinding(cause=Cause.INVALID_TOKEN),
            ),
            (
                TokenFacts(is_valid=False, is_expired=True),
                ConnectionFinding(cause=Cause.EXPIRED_TOKEN),
            ),
            (
                TokenFacts(is_valid=False, is_expired=True, expires_at=NOW),
                ConnectionFinding(cause=Cause.EXPIRED_TOKEN, expires_at=NOW),
            ),
        ],
    )
    def test_is_dead_if_meta_reports_so(
        self, facts: TokenFacts, finding: ConnectionFinding
    ) -> None:
        assert judge_token(facts) == finding


class TestAProbe:
    @pytest.mark.parametrize(
        ("verdict", "objection", "facts", "cause"),
        [
            (ACCEPTED, None, UNKNOWN, None),
            (ACCEPTED, None, OURS, None),
            # An accepted event is proof, whatever Meta reported about the token before.
            (ACCEPTED, None, OTHERS, None),
            (BAD_TOKEN, Objection.INVALID_TOKEN, UNKNOWN, Cause.INVALID_TOKEN),
            (BAD_TOKEN, Objection.INVALID_TOKEN, OTHERS, Cause.INVALID_TOKEN),
            (BAD_TOKEN, Objection.EXPIRED_TOKEN, OURS, Cause.EXPIRED_TOKEN),
            (BAD_TOKEN, Objection.UNKNOWN_PIXEL, UNKNOWN, Cause.UNKNOWN_PIXEL),
            (BAD_TOKEN, Objection.UNKNOWN_PIXEL, OTHERS, Cause.OTHER_PIXELS_TOKEN),
            (BAD_TOKEN, Objection.UNKNOWN_PIXEL, OURS, Cause.NO_PERMISSION),
            (BAD_TOKEN, Objection.NO_PERMISSION, UNKNOWN, Cause.NO_PERMISSION),
            (BAD_TOKEN, Objection.NO_PERMISSION, OURS, Cause.NO_PERMISSION),
            (BAD_TOKEN, Objection.NO_PERMISSION, OTHERS, Cause.OTHER_PIXELS_TOKEN),
            (BAD_TOKEN, Objection.PROOF_REQUIRED, UNKNOWN, Cause.PROOF_REQUIRED),
            (BAD_TOKEN, Objection.PROOF_REQUIRED, OTHERS, Cause.PROOF_REQUIRED),
            (BAD_TOKEN, None, UNKNOWN, Cause.NO_PERMISSION),
            (SLOW_DOWN, None, OTHERS, Cause.THROTTLED),
            (DOWN, None, OTHERS, Cause.NO_ANSWER),
            (LOST, None, UNKNOWN, Cause.NO_ANSWER),
            (REFUSED, None, OURS, Cause.REFUSED_EVENT),
        ],
    )
    def test_finds_the_cause(
        self,
        verdict: Verdict,
        objection: Objection | None,
        facts: TokenFacts,
        cause: Cause | None,
    ) -> None:
        probed = ConnectionTestAnswer(verdict=verdict, objection=objection)
        finding = judge_test(probed, pixel_id=PIXEL, facts=facts)

        assert (finding.cause, finding.verdict) == (cause, verdict)
        assert finding.is_verified is (verdict is ACCEPTED)

    @pytest.mark.parametrize(
        ("verdict", "objection", "expires_at"),
        [
            (ACCEPTED, None, TOMORROW),
            (BAD_TOKEN, Objection.EXPIRED_TOKEN, TOMORROW),
            (BAD_TOKEN, Objection.INVALID_TOKEN, None),
            (DOWN, None, None),
        ],
    )
    def test_finds_the_tokens_expiry_where_that_matters(
        self, verdict: Verdict, objection: Objection | None, expires_at: object
    ) -> None:
        probed = ConnectionTestAnswer(verdict=verdict, objection=objection)
        assert judge_test(probed, pixel_id=PIXEL, facts=ENDING).expires_at == expires_at

    def test_is_of_an_invented_person_and_can_be_matched(self) -> None:
        assert is_matchable(TEST_IDENTITY)
        assert TEST_IDENTITY.ip is None


class TestWhatIsUnproven:
    def test_is_what_says_nothing_of_pixel_and_token(self) -> None:
        assert {Cause.THROTTLED, Cause.NO_ANSWER} == UNPROVEN
