"""Reading Meta's answers about tokens and pixels."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.figures.quality import OfflineEvents
from service.domain.tenants.connection import Objection, TokenFacts
from service.meta.answers import read_answer
from service.meta.credentials import (
    read_offline_events,
    read_pixel_name,
    read_probe,
    read_token_facts,
)
from tests.builders import PIXEL, SECOND_PIXEL

MARKER = "EAAmarkertoken"
SCOPE = "read_ads_dataset_quality"
# The answer for a valid token that was made in Events Manager.
ALIVE: dict[str, Any] = {
    "app_id": "1234567890",
    "application": "Conversions API Application",
    "type": "SYSTEM_USER",
    "is_valid": True,
    "expires_at": 0,
    "data_access_expires_at": 0,
    "scopes": [SCOPE],
    "granular_scopes": [{"scope": SCOPE, "target_ids": [PIXEL]}],
    "user_id": "122100000000000001",
}


def facts(**data: Any) -> TokenFacts:
    return read_token_facts(json.dumps({"data": ALIVE | data}).encode())


def refusal(code: int, subcode: int | None = None) -> bytes:
    error = {"message": f"Malformed access token {MARKER}", "code": code, "type": "OAuthException"}
    return json.dumps({"error": error | ({"error_subcode": subcode} if subcode else {})}).encode()


class TestOfflineEvents:
    @pytest.mark.parametrize(
        ("told", "found"),
        [
            ({"is_consolidated_container": True}, OfflineEvents.TAKEN),
            ({"is_consolidated_container": False}, OfflineEvents.NOT_TAKEN),
            ({"is_consolidated_container": "true"}, OfflineEvents.UNTOLD),
            ({"is_consolidated_container": 1}, OfflineEvents.UNTOLD),
            ({"id": PIXEL}, OfflineEvents.UNTOLD),
            ({}, None),
            ([], None),
        ],
    )
    def test_are_told_by_a_truth_value(self, told: object, found: OfflineEvents | None) -> None:
        assert read_offline_events(200, json.dumps(told).encode(), {}) is found

    @pytest.mark.parametrize(
        ("code", "subcode", "found"),
        [
            (100, None, OfflineEvents.UNTOLD),
            (100, 33, OfflineEvents.UNTOLD),
            (10, None, OfflineEvents.UNTOLD),
            (200, None, OfflineEvents.UNTOLD),
            (190, None, None),
            (190, 463, None),
            (4, None, None),
            (2, None, None),
        ],
    )
    def test_are_untold_after_a_refusal_and_unknown_without_an_answer(
        self, code: int, subcode: int | None, found: OfflineEvents | None
    ) -> None:
        for status in (200, 400):
            assert read_offline_events(status, refusal(code, subcode), {}) is found

    @pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"[" * 100_000])
    def test_are_unknown_after_an_outage(self, body: bytes) -> None:
        for status in (200, 429, 503):
            assert read_offline_events(status, body, {}) is None


class TestTokenFacts:
    def test_are_validity_end_and_pixels(self) -> None:
        assert facts() == TokenFacts(is_valid=True, pixel_ids=frozenset({PIXEL}))
        assert facts(expires_at=1785888000).expires_at == datetime(2026, 8, 5, tzinfo=UTC)

    @pytest.mark.parametrize("end", [0, -1, True, None, "soon", 1.5, 10**18])
    def test_have_no_end_that_is_none(self, end: object) -> None:
        assert facts(expires_at=end).expires_at is None

    @pytest.mark.parametrize(
        ("scopes", "pixel_ids"),
        [
            ([{"scope": SCOPE, "target_ids": [PIXEL, SECOND_PIXEL]}], {PIXEL, SECOND_PIXEL}),
            ([{"scope": SCOPE, "target_ids": [int(PIXEL)]}], {PIXEL}),
            ([{"scope": "ads_read", "target_ids": ["99"]}, {"scope": SCOPE}], None),
            ([{"scope": "ads_management", "target_ids": ["99"]}], None),
            ([{"scope": SCOPE}], None),
            ([{"scope": SCOPE, "target_ids": []}], None),
            ([], None),
            (None, None),
            ("all", None),
            ([None, 7], None),
        ],
    )
    def test_name_pixels_only_where_a_scope_for_pixels_does(
        self, scopes: object, pixel_ids: set[str] | None
    ) -> None:
        expected = None if pixel_ids is None else frozenset(pixel_ids)
        assert facts(granular_scopes=scopes).pixel_ids == expected

    @pytest.mark.parametrize(
        ("body", "is_expired"),
        [
            (refusal(190), False),
            (refusal(190, 460), False),
            (refusal(190, 463), True),
            (b'{"data":{"error":{"code":190,"subcode":463},"is_valid":false}}', True),
            (b'{"data":{"error":{"code":190,"subcode":467},"is_valid":false}}', False),
            (b'{"data":{"is_valid":false}}', False),
        ],
    )
    def test_say_that_a_token_is_dead(self, body: bytes, *, is_expired: bool) -> None:
        told = read_token_facts(body)
        assert (told.is_valid, told.is_expired) == (False, is_expired)

    def test_tell_when_a_dead_token_ended(self) -> None:
        told = facts(is_valid=False, expires_at=1785888000, error={"code": 190, "subcode": 463})
        assert told.expires_at == datetime(2026, 8, 5, tzinfo=UTC)

    @pytest.mark.parametrize(
        "body",
        [
            refusal(100),
            refusal(4),
            refusal(2),
            refusal(10),
            b"<html>",
            b"",
            b"[1]",
            b"\xff",
            b'{"data":[]}',
            b'{"error":"no"}',
            b"[" * 5000,
        ],
    )
    def test_are_unknown_when_meta_does_not_tell(self, body: bytes) -> None:
        assert read_token_facts(body) == TokenFacts()

    @given(st.binary(max_size=60))
    def test_come_of_any_bytes(self, body: bytes) -> None:
        assert read_token_facts(body).pixel_ids is None


class TestAPixelsName:
    @pytest.mark.parametrize(
        ("body", "name"),
        [
            (b'{"id":"1","name":"Fictional Ridge"}', "Fictional Ridge"),
            (b'{"name":"  two\\n lines\\u0000 "}', "two lines"),
            (b'{"name":"\\u202egnp.exe"}', "gnp.exe"),
            (json.dumps({"name": "x" * 500}).encode(), "x" * 100),
            (b'{"name":""}', None),
            (b'{"name":7}', None),
            (refusal(100), None),
            (b"", None),
        ],
    )
    def test_is_what_can_be_printed_of_it(self, body: bytes, name: str | None) -> None:
        assert read_pixel_name(body) == name


class TestAnObjection:
    @pytest.mark.parametrize(
        ("code", "subcode", "objection"),
        [
            (190, None, Objection.INVALID_TOKEN),
            (190, 460, Objection.INVALID_TOKEN),
            (190, 463, Objection.EXPIRED_TOKEN),
            (102, None, Objection.INVALID_TOKEN),
            (104, None, Objection.INVALID_TOKEN),
            (100, 33, Objection.UNKNOWN_PIXEL),
            (803, None, Objection.UNKNOWN_PIXEL),
            (3, None, Objection.NO_PERMISSION),
            (10, None, Objection.NO_PERMISSION),
            (200, None, Objection.NO_PERMISSION),
            (294, None, Objection.NO_PERMISSION),
            (100, None, None),
            (100, 2804050, None),
            (4, None, None),
            (2, None, None),
        ],
    )
    def test_goes_by_code_and_subcode(
        self, code: int, subcode: int | None, objection: Objection | None
    ) -> None:
        probed = read_probe(read_answer(400, refusal(code, subcode), {}))
        assert probed.objection is objection
        assert MARKER not in str(probed)

    def test_is_the_app_secret_where_meta_asks_for_a_proof_of_it(self) -> None:
        message = "API calls from the server require an appsecret_proof argument"
        body = json.dumps({"error": {"message": message, "code": 100}}).encode()
        assert read_probe(read_answer(400, body, {})).objection is Objection.PROOF_REQUIRED

    def test_is_none_where_the_event_was_taken(self) -> None:
        assert read_probe(Verdict(answer=Answer.ACCEPTED)).objection is None
