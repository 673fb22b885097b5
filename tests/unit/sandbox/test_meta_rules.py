"""The sandbox's rules for whole requests: one valid one, and every way to make it invalid."""

import json
from copy import deepcopy
from datetime import timedelta

import pytest

from tests.sandbox.good_request import (
    HASH,
    NOW,
    Change,
    a_body,
    codes,
    content,
    custom,
    error,
    event,
    only_user,
    request,
    ruling,
    spoilt,
    user,
    without,
)

NESTED = "[" * 100_000
NOT_A_NUMBER = json.dumps(spoilt(custom(our_own_key=float("nan")))).encode()


class TestAGoodRequest:
    def test_is_answered_as_meta_does(self) -> None:
        answered = ruling(a_body())

        assert answered.status == 200
        assert answered.answer["events_received"] == 1
        assert answered.answer["messages"] == []
        assert answered.answer["fbtrace_id"].startswith("A")
        assert list(answered.events) == a_body()["data"]

    @pytest.mark.parametrize(
        "change",
        [
            request(data=a_body()["data"] * 1000),
            without("partner_agent"),
            request(partner_agent="1p-" + "0" * 18 + "x"),
            without("test_event_code"),
            event(event_time=int((NOW - timedelta(days=7)).timestamp())),
            event(event_name="PageView", custom_data={}),
            event(event_name="Lead", custom_data={"value": "anything"}),
            without("data", 0, "event_id"),
            event(data_processing_options_state=1013),
            event(data_processing_options_country=0, data_processing_options_state=0),
            user(db=HASH, ge=HASH),
            user(client_ip_address="2001:4860:4860::8844"),
            user(fbc="fb.2.1554763741.x.Ag"),
            only_user(em=HASH),
            only_user(external_id=HASH),
            only_user(client_ip_address="8.8.4.25", client_user_agent="x"),
            only_user(fn=HASH, ln=HASH),
            custom(value=0),
            custom(value=12),
            content(delivery_category="in_store"),
            content(quantity=1),
            without("data", 0, "custom_data", "contents", 0, "item_price"),
        ],
    )
    def test_may_also_look_like_this(self, change: Change) -> None:
        answered = ruling(spoilt(change))

        assert answered.status == 200, answered.answer

    def test_needs_no_limited_data_use(self) -> None:
        body = a_body()
        for key in [key for key in body["data"][0] if key.startswith("data_processing")]:
            del body["data"][0][key]

        assert ruling(body).status == 200
        body["data"][0]["data_processing_options"] = []
        assert ruling(body).status == 200

    @pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "Application/JSON"])
    def test_may_say_more_about_its_json(self, media_type: str) -> None:
        assert ruling(a_body(), content_type=media_type).status == 200


class TestTheCaller:
    @pytest.mark.parametrize("version", ["26.0", "v26", "v26.1", "v26.0.1", "latest", "v٢٦.0"])
    def test_needs_a_version(self, version: str) -> None:
        assert codes(ruling(a_body(), version=version)) == (400, 2500, None)

    @pytest.mark.parametrize("pixel", ["999", "222"])
    def test_needs_a_pixel_of_its_token(self, pixel: str) -> None:
        assert codes(ruling(a_body(), pixel_id=pixel)) == (400, 100, 33)

    def test_needs_a_known_token_and_is_reminded_of_the_wrong_one(self) -> None:
        answered = ruling(a_body(), token="EAAwrong")

        assert codes(answered) == (401, 190, None)
        assert error(answered)["message"] == "Malformed access token EAAwrong"

    def test_needs_a_token_that_has_not_ended(self) -> None:
        assert codes(ruling(a_body(), pixel_id="333", token="EAAended")) == (400, 190, 463)
        assert ruling(a_body(), pixel_id="444", token="EAAending").status == 200

    @pytest.mark.parametrize("token", [None, ""])
    def test_needs_a_token_at_all(self, token: str | None) -> None:
        answered = ruling(a_body(), token=token)

        assert codes(answered) == (401, 190, None)
        assert error(answered)["message"] == "Malformed access token "


class TestTheRequest:
    @pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded"])
    def test_must_be_json_by_name(self, media_type: str) -> None:
        assert codes(ruling(a_body(), content_type=media_type)) == (400, 100, None)

    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b"\xff", b"[]", b'"data"', NESTED.encode(), NOT_A_NUMBER],
    )
    def test_must_be_a_json_object(self, body: bytes) -> None:
        assert codes(ruling(body)) == (400, 100, None)

    @pytest.mark.parametrize(
        ("change", "param"),
        [
            (without("data"), "data"),
            (request(data={}), "data"),
            (request(data=[]), "data"),
            (request(data=a_body()["data"] * 1001), "data"),
            (request(data=["{}"]), "$['data'][0]"),
            (request(test_event_code=""), "test_event_code"),
            (request(test_event_code=5), "test_event_code"),
            (request(partner_agent="a" * 23), "partner_agent"),
            (request(partner_agent="1p_1_0"), "partner_agent"),
            (request(partner_agent=None), "partner_agent"),
        ],
    )
    def test_must_be_well_formed(self, change: Change, param: str) -> None:
        answered = ruling(spoilt(change))

        assert codes(answered) == (400, 100, None)
        assert f" {param} " in error(answered)["message"]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (request(tenant="x"), '(#100) Unexpected key "tenant" on param "$"'),
            (request(access_token="x"), '(#100) Unexpected key "access_token" on param "$"'),
            (event(id="x"), '(#100) Unexpected key "id" on param "$[\'data\'][0]"'),
            (
                user(email=HASH),
                "(#100) Unexpected key \"email\" on param \"$['data'][0]['user_data']\"",
            ),
        ],
    )
    def test_may_not_hold_unknown_keys(self, change: Change, message: str) -> None:
        assert error(ruling(spoilt(change)))["message"] == message

    def test_is_refused_as_a_whole(self) -> None:
        body = a_body()
        bad = deepcopy(body["data"][0]) | {"event_time": 0}
        body["data"].append(bad)

        assert codes(ruling(body)) == (400, 100, 2804003)
