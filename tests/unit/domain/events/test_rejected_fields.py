from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.events.event import Content, CustomData, Event, Identity
from service.domain.events.match_keys import WORDS, match_keys
from service.domain.events.money import Money
from service.domain.events.rejected_fields import OPTIONAL_KEYS, drop_rejected_field, has_field
from service.meta.wire import build_event
from tests.builders import an_event

HASH = ("a" * 64,)
HASHES: dict[str, Any] = {field: HASH for field in WORDS if field.startswith("hashed_")}
WHOLE = Identity(
    **HASHES,
    ip="8.8.4.25",
    user_agent="Mozilla/5.0 (invented)",
    fbc="fb.1.1.a",
    fbp="fb.1.1.b",
    subscription_id="membership-1",
)


def everything() -> Event:
    custom = CustomData(
        value=Money(minor=100, currency="USD"),
        order_id="7",
        contents=(Content(id="sku", quantity=1, unit_price=100),),
    )
    return an_event(identity=WHOLE, custom=custom)


class TestAnEventWithoutAKey:
    @pytest.mark.parametrize("key", sorted(OPTIONAL_KEYS))
    def test_lacks_that_and_nothing_else(self, key: str) -> None:
        event = everything()
        reduced = drop_rejected_field(event, key)

        assert has_field(event, key)
        assert not has_field(reduced, key)
        assert [other for other in sorted(OPTIONAL_KEYS) if not has_field(reduced, other)] == [key]
        assert (reduced.event_id, reduced.custom.value) == (event.event_id, event.custom.value)

    @pytest.mark.parametrize("key", sorted({*WORDS.values()}))
    def test_has_no_such_match_key(self, key: str) -> None:
        assert key not in match_keys(drop_rejected_field(everything(), key).identity)

    @pytest.mark.parametrize("key", ["", "value", "currency", "event_name", "fbc"])
    def test_is_the_same_if_the_key_is_not_optional(self, key: str) -> None:
        assert drop_rejected_field(everything(), key) == everything()

    def test_spells_the_rest_as_before(self) -> None:
        event = everything()
        whole, reduced = build_event(event), build_event(drop_rejected_field(event, "click id"))
        del whole["user_data"]["fbc"]
        assert reduced == whole

    def test_can_be_without_several(self) -> None:
        bare = everything()
        for key in OPTIONAL_KEYS:
            bare = drop_rejected_field(bare, key)
        assert bare.identity == Identity()
        assert bare.custom == replace(CustomData(), value=everything().custom.value)
