import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.meta.answers import read_answer
from service.meta.blame import refused_key

FBC = [["data[0][user_data][fbc]"]]


def error(**fields: Any) -> dict[str, Any]:
    return {"message": "Invalid parameter", "code": 100, **fields}


class TestTheRefusedKey:
    @pytest.mark.parametrize(
        ("specs", "key"),
        [
            (FBC, "click id"),
            ([["fbp"]], "browser id"),
            ([["user_data", "client_ip_address"]], "IP address"),
            ([["data[0][custom_data][contents][3][item_price]"]], "products"),
            (["data[0].custom_data.order_id"], "order number"),
            ([["fbc"], ["data[0][user_data][fbc]"]], "click id"),
        ],
    )
    def test_is_the_one_that_is_blamed(self, specs: object, key: str) -> None:
        assert refused_key(error(error_data={"blame_field_specs": specs}), None) == key

    def test_is_read_from_data_that_comes_as_text(self) -> None:
        text = json.dumps({"blame_field_specs": FBC})
        assert refused_key(error(error_data=text), None) == "click id"

    @pytest.mark.parametrize(
        "specs",
        [
            [["fbc"], ["fbp"]],
            [["event_name"]],
            [["data[0][user_data]"]],
            [["data[0][custom_data][value]"]],
            [["data[0][custom_data][currency]"]],
            [],
            None,
            7,
            [7],
            [[None]],
            {"fbc": "fbc"},
        ],
    )
    def test_is_unclear_where_it_is_not_one_that_can_go(self, specs: object) -> None:
        assert refused_key(error(error_data={"blame_field_specs": specs}), None) is None

    @pytest.mark.parametrize("data", [None, "", "{", "[]", 7, [], '"fbc"', "\ud800"])
    def test_is_unclear_where_there_is_no_data(self, data: object) -> None:
        assert refused_key(error(error_data=data), None) is None

    def test_is_the_click_id_where_only_the_subcode_says_so(self) -> None:
        assert refused_key(error(), 2804001) == "click id"
        blaming_another = error(error_data={"blame_field_specs": [["fbp"]]})
        assert refused_key(blaming_another, 2804001) == "browser id"

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        )
    )
    def test_is_looked_for_in_anything(self, data: object) -> None:
        refused_key({"error_data": data}, None)
        refused_key({"error_data": {"blame_field_specs": data}}, None)


class TestAVerdict:
    def test_names_the_key_of_a_refusal_for_good(self) -> None:
        body = json.dumps({"error": error(error_data={"blame_field_specs": FBC})}).encode()
        assert read_answer(400, body, {}).refused_key == "click id"

    def test_names_none_where_it_is_not_about_the_event(self) -> None:
        refusal = error(code=190, error_data={"blame_field_specs": FBC})
        body = json.dumps({"error": refusal}).encode()
        assert read_answer(400, body, {}).refused_key is None
