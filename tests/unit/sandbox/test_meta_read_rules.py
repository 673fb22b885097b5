"""The sandbox Meta's answers to reads of tokens and pixels."""

from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.good_request import NOW, REGISTRY
from tests.sandbox.graph_errors import RefusedError
from tests.sandbox.meta_read_rules import ReadRequest, debug_token, read_pixel

FIRST = "EAAfirst"


def asked(token: str | None = FIRST, version: str = "v27.0", **query: str) -> ReadRequest:
    return ReadRequest(version=version, token=token, query=query)


def told_of(token: str, *, by: str = FIRST) -> dict[str, Any]:
    told = debug_token(asked(by, input_token=token), registry=REGISTRY, now=NOW)
    data = told["data"]
    assert isinstance(data, dict)
    return data


def codes(refusal: RefusedError) -> tuple[int, int, int | None]:
    error = refusal.body("trace")["error"]
    return refusal.status, error["code"], error.get("error_subcode")


class TestAToken:
    def test_may_look_at_itself(self) -> None:
        data = told_of("EAAfirst")
        assert (data["is_valid"], data["expires_at"]) == (True, 0)
        assert data["granular_scopes"][0]["target_ids"] == ["111"]

    def test_may_have_an_end(self) -> None:
        assert told_of("EAAending")["expires_at"] == (NOW + timedelta(days=1)).timestamp()

    def test_that_has_ended_is_told_of_by_others(self) -> None:
        data = told_of("EAAended")
        assert (data["is_valid"], data["error"]["subcode"]) == (False, 463)
        assert data["expires_at"] == NOW.timestamp()

    def test_that_is_unknown_is_invalid(self) -> None:
        assert told_of("EAAwrong")["is_valid"] is False

    @pytest.mark.parametrize(
        ("request_", "expected"),
        [
            (asked("EAAended", input_token="EAAended"), (400, 190, 463)),
            (asked("EAAwrong", input_token="EAAfirst"), (401, 190, None)),
            (asked(None, input_token="EAAfirst"), (401, 190, None)),
            (asked(), (400, 100, None)),
            (asked(input_token="EAAfirst", access_token="EAAfirst"), (400, 100, None)),
            (asked(version="v26", input_token="EAAfirst"), (400, 2500, None)),
        ],
    )
    def test_is_not_told_of_to_everybody(
        self, request_: ReadRequest, expected: tuple[int, int, int | None]
    ) -> None:
        with pytest.raises(RefusedError) as refusal:
            debug_token(request_, registry=REGISTRY, now=NOW)
        assert codes(refusal.value) == expected


class TestAPixel:
    def test_tells_its_name_to_a_token_that_may_read(self) -> None:
        told = read_pixel(asked("EAAsecond", fields="id,name"), "222", registry=REGISTRY, now=NOW)
        assert told == {"id": "222", "name": "Fictional Ridge"}

    @pytest.mark.parametrize(
        ("request_", "pixel", "expected"),
        [
            (asked(fields="id,name"), "111", (400, 100, None)),
            (asked(fields="id,owner"), "111", (400, 100, None)),
            (asked(fields="id,name"), "222", (400, 100, 33)),
            (asked(fields="id,name"), "999", (400, 100, 33)),
            (asked("EAAended", fields="id,name"), "333", (400, 190, 463)),
            (asked("EAAwrong", fields="id,name"), "111", (401, 190, None)),
        ],
    )
    def test_is_silent_to_others(
        self, request_: ReadRequest, pixel: str, expected: tuple[int, int, int | None]
    ) -> None:
        with pytest.raises(RefusedError) as refusal:
            read_pixel(request_, pixel, registry=REGISTRY, now=NOW)
        assert codes(refusal.value) == expected
