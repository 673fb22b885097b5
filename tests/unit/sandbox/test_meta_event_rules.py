"""The sandbox's rules for events: one valid event, and every way to make it invalid."""

import json
from datetime import timedelta

import pytest

from tests.sandbox.good_request import (
    HASH,
    NOW,
    Change,
    codes,
    content,
    custom,
    error,
    event,
    only_user,
    ruling,
    spoilt,
    user,
    without,
)

HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class TestAnEvent:
    @pytest.mark.parametrize(
        ("change", "key"),
        [
            (without("data", 0, "event_name"), "event_name"),
            (without("data", 0, "event_time"), "event_time"),
            (without("data", 0, "action_source"), "action_source"),
            (without("data", 0, "user_data"), "user_data"),
            (event(event_name=""), "event_name"),
            (event(event_name=5), "event_name"),
            (event(event_id=5), "event_id"),
            (event(event_id=""), "event_id"),
            (event(event_source_url=None), "event_source_url"),
            (without("data", 0, "event_source_url"), "event_source_url"),
            (event(action_source="Website"), "action_source"),
            (event(action_source=[]), "action_source"),
            (event(event_time="1785931200"), "event_time"),
            (event(event_time=1785931200.5), "event_time"),
            (event(event_time=True), "event_time"),
            (event(user_data=[]), "user_data"),
            (event(custom_data=None), "custom_data"),
        ],
    )
    def test_must_be_well_formed(self, change: Change, key: str) -> None:
        answered = ruling(spoilt(change))

        assert codes(answered) == (400, 100, None)
        assert f"['{key}'] " in error(answered)["message"]

    @pytest.mark.parametrize(
        ("event_time", "subcode"),
        [
            (int((NOW - timedelta(days=7)).timestamp()) - 1, 2804003),
            (0, 2804003),
            (int(NOW.timestamp()) + 1, 2804004),
            (int(NOW.timestamp() * 1000), 2804004),
        ],
    )
    def test_must_be_of_the_last_seven_days(self, event_time: int, subcode: int) -> None:
        assert codes(ruling(spoilt(event(event_time=event_time)))) == (400, 100, subcode)

    @pytest.mark.parametrize(
        ("change", "key"),
        [
            (event(data_processing_options="LDU"), "data_processing_options"),
            (event(data_processing_options=["LDU", "LDU"]), "data_processing_options"),
            (event(data_processing_options=[]), "data_processing_options"),
            (without("data", 0, "data_processing_options"), "data_processing_options"),
            (event(data_processing_options_country=2), "data_processing_options_country"),
            (event(data_processing_options_country=True), "data_processing_options_country"),
            (event(data_processing_options_country=0), "data_processing_options_country"),
            (
                without("data", 0, "data_processing_options_country"),
                "data_processing_options_country",
            ),
            (
                event(data_processing_options_country=2, data_processing_options_state=0),
                "data_processing_options_country",
            ),
            (event(data_processing_options_state=1000.0), "data_processing_options_state"),
            (event(data_processing_options_state=999), "data_processing_options_state"),
            (event(data_processing_options_state=1014), "data_processing_options_state"),
            (event(data_processing_options_state="1000"), "data_processing_options_state"),
        ],
    )
    def test_may_limit_data_use_only_where_there_is_a_law(self, change: Change, key: str) -> None:
        answered = ruling(spoilt(change))

        assert codes(answered) == (400, 100, None)
        assert f"['{key}'] " in error(answered)["message"]


class TestThePerson:
    @pytest.mark.parametrize(
        "key", ["em", "ph", "fn", "ln", "db", "ge", "ct", "st", "zp", "country", "external_id"]
    )
    @pytest.mark.parametrize(
        "value",
        [
            *("Casey", "casey@example.com", HASH.upper(), HASH[:-1], HASH + "\n", HASH_OF_NOTHING),
            *([], [HASH, "Casey"], [HASH, HASH_OF_NOTHING], 5, None, {}),
        ],
    )
    def test_must_be_hashed(self, key: str, value: object) -> None:
        answered = ruling(spoilt(user(**{key: value})))

        assert codes(answered) == (400, 100, None)
        assert f"['{key}'] " in error(answered)["message"]

    def test_is_never_repeated_in_the_refusal(self) -> None:
        answered = ruling(spoilt(user(em="casey@example.com")))

        assert "casey" not in json.dumps(answered.answer)

    @pytest.mark.parametrize(
        "address",
        [
            *("10.0.0.1", "192.168.0.30", "127.0.0.1", "169.254.0.1", "203.0.113.7", "224.0.0.1"),
            *("::1", "fe80::1", "fc00::1", "::ffff:8.8.4.25"),
            *(" 8.8.4.25", "", "n/a", HASH, 134744072),
        ],
    )
    def test_comes_from_a_public_address(self, address: object) -> None:
        answered = ruling(spoilt(user(client_ip_address=address)))

        assert codes(answered) == (400, 100, None)
        assert "['client_ip_address'] " in error(answered)["message"]

    @pytest.mark.parametrize("key", ["fbc", "fbp"])
    @pytest.mark.parametrize(
        "value",
        [
            *("", "fb.1.1554763741205.", "fb.1.155476374.x", "FB.1.1554763741205.x", HASH, ["x"]),
            *("fb.1.1554763741205.x.toolong99", "fb.1.1554763741205.a b", "fb.1.1554763741205.x\n"),
        ],
    )
    def test_has_browser_ids_of_meta_s_form(self, key: str, value: object) -> None:
        assert codes(ruling(spoilt(user(**{key: value})))) == (400, 100, None)

    @pytest.mark.parametrize(
        "changes",
        [{"client_user_agent": " "}, {"client_user_agent": None}, {"lead_id": "5"}, {"page_id": 5}],
    )
    def test_has_values_of_the_documented_type(self, changes: dict[str, object]) -> None:
        assert codes(ruling(spoilt(user(**changes)))) == (400, 100, None)

    def test_needs_no_browser_even_on_a_website(self) -> None:
        change = without("data", 0, "user_data", "client_user_agent")

        assert ruling(spoilt(change)).events

    @pytest.mark.parametrize(
        "keys",
        [
            (),
            ("client_user_agent",),
            ("ct", "country", "st", "zp", "ge", "client_user_agent"),
            ("country", "st"),
            ("db", "client_user_agent"),
            ("fn", "ge"),
            ("ln", "ge"),
            ("ln",),
        ],
    )
    def test_may_not_be_too_broad(self, keys: tuple[str, ...]) -> None:
        answered = ruling(spoilt(only_user(**dict.fromkeys(keys, HASH))))

        assert codes(answered) == (400, 100, 2804050)
        assert "error_user_title" in error(answered)


class TestAPurchase:
    @pytest.mark.parametrize("value", [None, "115.84", True, [], float("inf")])
    def test_needs_a_number_as_its_value(self, value: object) -> None:
        raw = json.dumps(spoilt(custom(value=value))).replace("Infinity", "1e999")

        assert codes(ruling(raw.encode())) == (400, 100, 2804009)

    @pytest.mark.parametrize("change", [event(custom_data={"value": 1}), custom(currency="")])
    def test_needs_a_currency(self, change: Change) -> None:
        assert codes(ruling(spoilt(change))) == (400, 100, 2804010)

    @pytest.mark.parametrize("currency", ["usd", "US", "USDT", "$", 840, []])
    def test_needs_a_real_currency(self, currency: object) -> None:
        assert codes(ruling(spoilt(custom(currency=currency)))) == (400, 100, 2804011)

    def test_needs_custom_data(self) -> None:
        assert codes(ruling(spoilt(without("data", 0, "custom_data")))) == (400, 100, 2804009)


class TestTheGoods:
    @pytest.mark.parametrize(
        "change",
        [
            custom(order_id=2101),
            custom(content_ids="EX-CAB-22"),
            custom(content_ids=[5]),
            custom(contents={}),
            custom(contents=[5]),
            content(id=5),
            content(id=""),
            content(quantity=0),
            content(quantity=-1),
            content(quantity=1.0),
            content(quantity=True),
            content(quantity=None),
            content(item_price="49.00"),
            content(item_price=None),
            content(delivery_category="ship"),
            content(delivery_category=[]),
            content(notes="for Casey"),
            without("data", 0, "custom_data", "contents", 0, "id"),
            without("data", 0, "custom_data", "contents", 0, "quantity"),
        ],
    )
    def test_must_be_well_formed(self, change: Change) -> None:
        assert codes(ruling(spoilt(change))) == (400, 100, None)
