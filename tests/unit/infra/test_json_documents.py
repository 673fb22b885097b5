"""Documents of a newer release: unknown parts are ignored on reading and kept on writing."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.record import EventRecord
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Pixel, Pixels, TenantSettings
from service.infra.json_documents import (
    DocumentReader,
    UnreadableDocumentError,
    encode,
    encode_over,
)
from tests.builders import a_record, some_settings

SETTINGS, RECORD = DocumentReader(TenantSettings), DocumentReader(EventRecord)
NEWER = {
    "enabled": True,
    "events": {"Purchase": False, "Donate": True},
    "channels": {"Web": False, "Kiosk": True},
    "consent_mode": "granular",
    "pixels": {"primary": {"id": "1234567890", "name": "North"}, "tertiary": {"id": "7"}},
    "digest": "weekly",
}


def changed(document: bytes, settings: TenantSettings) -> dict[str, object]:
    """Return the document after these settings were written over it."""
    known = SETTINGS.read_known(document)
    after: dict[str, object] = msgspec.json.decode(encode_over(settings, document, known=known))
    return after


class TestADocumentOfANewerRelease:
    def test_is_read_without_the_names_that_are_unknown(self) -> None:
        assert SETTINGS.read_known(msgspec.json.encode(NEWER)) == TenantSettings(
            events={EventName.PURCHASE: False},
            channels={Channel.WEB: False},
            pixels=Pixels(primary=Pixel(id="1234567890")),
        )

    def test_keeps_them_when_something_else_is_changed(self) -> None:
        document = msgspec.json.encode(NEWER)
        known = SETTINGS.read_known(document)
        events = {EventName.PURCHASE: True, EventName.LEAD: False}
        pixels = Pixels(primary=Pixel(id="9876543210"))
        after = changed(document, replace(known, events=events, pixels=pixels))
        assert after["events"] == {"Purchase": True, "Lead": False, "Donate": True}
        assert after["pixels"] == {
            "primary": {"id": "9876543210", "name": "North"},
            "secondary": {"id": ""},
            "tertiary": {"id": "7"},
        }
        assert (after["consent_mode"], after["digest"]) == ("granular", "weekly")

    def test_loses_what_is_taken_back_by_name(self) -> None:
        document = msgspec.json.encode(NEWER)
        after = changed(document, replace(SETTINGS.read_known(document), events={}))
        assert after["events"] == {"Donate": True}

    def test_takes_a_choice_that_is_made_anew(self) -> None:
        document = msgspec.json.encode(NEWER)
        known = SETTINGS.read_known(document)
        assert changed(document, replace(known, consent_mode="required"))["consent_mode"] == (
            "required"
        )

    @pytest.mark.parametrize("name", ["Donate", None, 7])
    def test_that_lacks_what_is_needed_is_unreadable(self, name: object) -> None:
        document = msgspec.to_builtins(a_record()) | {"name": name}
        for read in (RECORD.read, RECORD.read_known):
            with pytest.raises(UnreadableDocumentError):
                read(msgspec.json.encode(document))

    def test_is_unreadable_where_a_default_would_change_its_meaning(self) -> None:
        document = msgspec.to_builtins(a_record()) | {"state": "deferred"}
        with pytest.raises(UnreadableDocumentError):
            RECORD.read(msgspec.json.encode(document))

    @pytest.mark.parametrize("document", [b"", b"null", b"[]", b"\xff", b'{"events":7}'])
    def test_that_is_none_is_unreadable(self, document: bytes) -> None:
        with pytest.raises(UnreadableDocumentError):
            SETTINGS.read_known(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=2), inner),
    max_leaves=6,
)


class TestADocumentOfOurOwn:
    def test_is_written_as_a_new_one_is(self) -> None:
        before, after = some_settings(), some_settings(enabled=False, shop_domains=())
        assert encode_over(after, encode(before), known=before) == encode(after)

    @given(extra=st.dictionaries(st.text("xyz", min_size=1), JSON, min_size=1))
    def test_keeps_unknown_fields(self, extra: dict[str, object]) -> None:
        before, after = some_settings(), some_settings(enabled=False, currency="EUR")
        document = msgspec.json.encode(msgspec.to_builtins(before) | extra)
        written = msgspec.json.decode(encode_over(after, document, known=before))
        assert written == msgspec.json.decode(encode(after)) | extra
