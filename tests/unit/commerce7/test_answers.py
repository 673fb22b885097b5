from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.commerce7.answers import read_object
from service.ports import Refusal, ShopError
from tests.builders import NOW


def refusal(
    status: int, body: bytes = b"{}", headers: dict[str, str] | None = None
) -> tuple[Refusal, timedelta | None]:
    with pytest.raises(ShopError) as caught:
        read_object(status, body, headers or {}, now=NOW)
    return caught.value.refusal, caught.value.retry_after


class TestAnAnswer:
    def test_is_the_object_in_it(self) -> None:
        assert read_object(200, b'{"id":"1"}', {}, now=NOW).text("id") == "1"

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (401, Refusal.NOT_ALLOWED),
            (403, Refusal.NOT_ALLOWED),
            (404, Refusal.NOT_FOUND),
            (410, Refusal.NOT_FOUND),
            (422, Refusal.OUR_FAULT),
            (400, Refusal.NO_ANSWER),
            (302, Refusal.NO_ANSWER),
            (500, Refusal.NO_ANSWER),
            (503, Refusal.NO_ANSWER),
            (204, Refusal.NO_ANSWER),
            (799, Refusal.NO_ANSWER),
        ],
    )
    def test_without_one_is_a_refusal(self, status: int, expected: Refusal) -> None:
        assert refusal(status) == (expected, None)

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b'"x"', b"{", b"\xff"])
    def test_that_is_malformed_counts_as_no_answer(self, body: bytes) -> None:
        assert refusal(200, body)[0] is Refusal.NO_ANSWER


class TestARefusalInABodyWithStatus200:
    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ('{"statusCode":401,"message":"Unauthorized user","errors":[]}', Refusal.NOT_ALLOWED),
            ('{"statusCode":404,"type":"notFound"}', Refusal.NOT_FOUND),
            ('{"statusCode":422,"errors":[{"field":"limit"}]}', Refusal.OUR_FAULT),
            ('{"statusCode":429,"errors":[]}', Refusal.TOO_OFTEN),
            ('{"statusCode":503}', Refusal.NO_ANSWER),
            ('{"statusCode":"401","errors":[]}', Refusal.NOT_ALLOWED),
            ('{"errors":[{"message":"Unauthorized"}]}', Refusal.NO_ANSWER),
            ('{"errors":[]}', Refusal.NO_ANSWER),
            ('{"errors":{"id":"required"},"id":"1","role":"Admin Owner"}', Refusal.NO_ANSWER),
            ('{"statusCode":200,"errors":"oh","id":"1"}', Refusal.NO_ANSWER),
        ],
    )
    def test_is_no_object(self, body: str, expected: Refusal) -> None:
        assert refusal(200, body.encode())[0] is expected

    @pytest.mark.parametrize("body", [b'{"id":"1","errors":null}', b'{"id":"1","statusCode":200}'])
    def test_is_not_seen_where_there_is_none(self, body: bytes) -> None:
        assert read_object(200, body, {}, now=NOW).text("id") == "1"


class TestTooOften:
    @pytest.mark.parametrize(
        ("told", "seconds"),
        [
            ("7", 7),
            ("999999", 3600),
            ("0", 60),
            ("", 60),
            ("soon", 60),
            ("-5", 60),
            ("\u0667", 60),
            (format_datetime(NOW + timedelta(seconds=90)), 90),
            (format_datetime(NOW - timedelta(seconds=90)), 60),
        ],
    )
    def test_waits_for_retry_after_within_a_bound(self, told: str, seconds: int) -> None:
        expected = (Refusal.TOO_OFTEN, timedelta(seconds=seconds))
        assert refusal(429, headers={"retry-after": told}) == expected

    def test_is_not_the_only_answer_with_retry_after(self) -> None:
        expected = (Refusal.NO_ANSWER, timedelta(seconds=7))
        assert refusal(503, headers={"retry-after": "7"}) == expected

    @given(st.text(max_size=40))
    def test_survives_any_header(self, told: str) -> None:
        wait = refusal(429, headers={"retry-after": told})[1]
        assert wait is not None
        assert timedelta(0) < wait <= timedelta(hours=1)
