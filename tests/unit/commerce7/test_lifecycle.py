from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.commerce7.json_text import NotJsonError
from service.commerce7.lifecycle import parse_lifecycle_call
from service.domain.tenants.tenant import is_tenant_id

SAMPLES = Path(__file__).parents[2] / "vectors" / "commerce7"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("tenantId"), inner),
)


def parse(value: object) -> str | None:
    return parse_lifecycle_call(msgspec.json.encode(value))


class TestACall:
    @pytest.mark.parametrize("name", ["lifecycle_install.json", "lifecycle_uninstall.json"])
    def test_as_it_was_captured_names_its_winery(self, name: str) -> None:
        assert parse_lifecycle_call((SAMPLES / name).read_bytes()) == "fictional-ridge-winery"

    def test_may_have_anything_beside_it(self) -> None:
        typed = {
            "tenant": "other",
            "user": {"tenantId": "other"},
            "data": [1],
            "tenant_id": "other",
        }
        assert parse({**typed, "tenantId": "my-winery"}) == "my-winery"
        assert parse(typed) is None

    def test_may_begin_with_a_byte_order_mark(self) -> None:
        assert parse_lifecycle_call(b'\xef\xbb\xbf{"tenantId": "my-winery"}') == "my-winery"

    @pytest.mark.parametrize(
        "tenant_id",
        ["", " ", "../x", "a/b", "UPPER", "-a", "a_b", "a.b", "a b", "a\0b", "a\nb", "é", "\uff41",
         "a" * 64, "a" * 100_000, None, True, 1.5, -1, 10**30, [], ["a"], {}, {"id": "a"}],
    )  # fmt: skip
    def test_names_no_winery_that_cannot_be_one(self, tenant_id: object) -> None:
        assert parse({"tenantId": tenant_id}) is None

    @pytest.mark.parametrize("value", [None, 7, "my-winery", [], [{"tenantId": "my-winery"}], {}])
    def test_that_is_no_object_names_no_winery(self, value: object) -> None:
        assert parse(value) is None

    def test_with_half_a_surrogate_pair_names_no_winery(self) -> None:
        assert parse_lifecycle_call(rb'{"tenantId": "a\ud83d"}') is None
        assert parse_lifecycle_call(rb'{"name": "a\ud83d", "tenantId": "a"}') == "a"

    @pytest.mark.parametrize(
        "body",
        [b"", b" ", b"{", b"tenantId=my-winery", b'{"tenantId": "a"} x', b"{'tenantId': 'a'}",
         b'{"tenantId": NaN}', b"\xff\xfe", b'{"tenantId": "\xff"}', b"[" * 100_000],
    )  # fmt: skip
    def test_that_is_no_json_is_said_so_without_repeating_it(self, body: bytes) -> None:
        with pytest.raises(NotJsonError) as caught:
            parse_lifecycle_call(body)
        assert str(caught.value) == ""


@given(st.one_of(st.binary(), JSON.map(msgspec.json.encode)))
@example(b'{"tenantId": "a", "tenantId": "../x"}')
@example(b'{"tenantId": 1e999}')
def test_whatever_comes_is_a_possible_winery_or_none(body: bytes) -> None:
    try:
        tenant_id = parse_lifecycle_call(body)
    except NotJsonError:
        return
    assert tenant_id is None or is_tenant_id(tenant_id)
