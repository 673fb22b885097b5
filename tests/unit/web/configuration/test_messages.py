from msgspec.structs import fields

from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role, TenantSettings
from service.web.configuration import messages as words
from service.web.configuration.form import READERS, SWITCHES


class TestTheWords:
    def test_give_every_event_and_channel_a_switch_with_a_sentence(self) -> None:
        events = {**words.SERVER_EVENTS, **words.WEBSITE_EVENTS}
        assert set(events) == set(EventName)
        assert set(words.CHANNELS) == set(Channel)
        assert all(each.hint for each in (*events.values(), *words.CHANNELS.values()))

    def test_label_every_field_that_can_be_wrong(self) -> None:
        pixels = {f"{role}_{part}" for role in Role for part in ("pixel_id", "token")}
        assert set(words.FIELDS) == {*READERS, *pixels}

    def test_and_the_form_cover_every_setting(self) -> None:
        settings = {field.name for field in fields(TenantSettings)}
        assert {*READERS, *SWITCHES, "pixels", "events", "channels"} == settings
        assert {name for name in settings if name not in words.SETTINGS} == {
            "pixels", "events", "channels",
        }  # fmt: skip
