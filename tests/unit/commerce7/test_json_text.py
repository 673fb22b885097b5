"""Decoding of JSON that others write: whatever is legal is read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.commerce7.json_text import NotJsonError, decode_json

DEPTHS = [99, 100, 101, 900, 1_000, 5_000, 100_000]


def nested(depth: int, inner: str = "1") -> str:
    return "[" * depth + inner + "]" * depth


class TestDeepNesting:
    @pytest.mark.parametrize("depth", DEPTHS)
    @pytest.mark.parametrize("inner", ["1", '{"a":"]}"}', r'"\"]\\"', r'"half \ud83d"'])
    def test_leaves_the_values_beside_it_readable(self, depth: int, inner: str) -> None:
        text = f'{{"id":"1","deep":{nested(depth, inner)},"[{{":"]\\\\","last":[1,2]}}'
        decoded = decode_json(text.encode())
        assert decoded.keys() == {"id", "deep", "[{", "last"}
        assert (decoded["id"], decoded["[{"], decoded["last"]) == ("1", "]\\", [1, 2])

    @pytest.mark.parametrize("depth", DEPTHS)
    @pytest.mark.parametrize("end", ["]", "", '"'])
    def test_that_does_not_end_as_it_began_is_no_json(self, depth: int, end: str) -> None:
        text = f'{{"deep":{nested(depth)[:-1]}{end}{end},"x":1}}'
        with pytest.raises(NotJsonError):
            decode_json(text.encode())

    def test_in_the_slow_decoder_is_cut_at_100_levels(self) -> None:
        half_an_emoji = r'"\ud83d"'
        decoded = decode_json(f'[{half_an_emoji},{nested(5_000)},"after"]'.encode())
        assert decoded[2] == "after"
        levels, inner = 0, decoded[1]
        while inner is not None:
            levels, (inner,) = levels + 1, inner
        assert levels == 99


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**28), 10**28) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value_is_read_as_it_was_written(value: Any) -> None:
    assert decode_json(json.dumps(value).encode()) == value
    assert decode_json(f'[{json.dumps(value)},"\\ud83d"]'.encode())[0] == value
