from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.audit import AuditEntry, Change, changes_between, log_change
from service.domain.tenants.settings_history import is_undoable, settings_at, with_value
from service.domain.tenants.tenant import Pixel, Pixels, Role, TenantSettings
from tests.builders import NOW, PIXEL, SECOND_PIXEL, some_settings

DIGITS = st.sampled_from(["", PIXEL, SECOND_PIXEL])
SETTINGS = st.builds(
    TenantSettings,
    enabled=st.booleans(),
    currency=st.sampled_from([None, "USD", "EUR"]),
    pixels=st.builds(Pixels, primary=st.builds(Pixel, id=DIGITS)),
    events=st.fixed_dictionaries({name: st.booleans() for name in EventName}),
    channels=st.fixed_dictionaries({each: st.booleans() for each in Channel}),
    shop_domains=st.lists(st.sampled_from(["a.example", "b.example"])).map(tuple),
    retention_days=st.sampled_from([7, 90]),
)


def an_entry(before: TenantSettings, after: TenantSettings) -> AuditEntry:
    return AuditEntry(at=NOW, who="Olive", changes=changes_between(before, after, new_tokens=()))


class TestEarlierSettings:
    @given(st.lists(SETTINGS, min_size=1, max_size=4), st.data())
    def test_are_found_by_undoing_what_was_changed(
        self, history: list[TenantSettings], data: st.DataObject
    ) -> None:
        pairs = pairwise(history)
        entries = [an_entry(before, after) for before, after in pairs][::-1]
        wanted = data.draw(st.sampled_from(history))
        found = settings_at(wanted.version, history[-1], entries)
        assert found
        assert found[0] == wanted

    def test_are_unknown_of_a_version_that_never_was(self) -> None:
        settings = some_settings()
        entries = [an_entry(replace(settings, currency="EUR"), settings)]
        assert settings_at("unknown", settings, entries) is None

    def test_come_with_what_was_changed_since_then(self) -> None:
        first = some_settings()
        second, third = replace(first, enabled=False), replace(first, currency="EUR")
        newer, older = an_entry(second, third), an_entry(first, second)
        found = settings_at(second.version, third, [newer, older])
        assert found == (second, (newer,))


class TestAValue:
    @pytest.mark.parametrize(
        "change",
        [
            Change(name="pixels.primary.token", before='"saved"'),
            Change(name="pixels.primary.token"),
            log_change("12 rows", "cleared"),
            Change(name="a_setting_of_later", before="1"),
            Change(name="events.Teleport", before="true"),
            Change(name="no.such.path", before="1"),
            Change(name="retention_days", before='"many"'),
            Change(name="retention_days", before="1"),
            Change(name="enabled", before="maybe"),
            Change(name="pixels.primary", before='"x"'),
        ],
    )
    def test_that_cannot_be_restored_changes_nothing(self, change: Change) -> None:
        assert with_value(some_settings(), change) == some_settings()

    def test_is_restored_alone(self) -> None:
        before = some_settings()
        after = replace(before, pixels=Pixels(primary=Pixel(id=SECOND_PIXEL)), enabled=False)
        pixel, switch = sorted(
            changes_between(before, after, new_tokens=[Role.PRIMARY])[:2],
            key=lambda each: each.name,
            reverse=True,
        )
        assert is_undoable(pixel)
        assert with_value(after, pixel) == replace(before, enabled=False)
        assert with_value(with_value(after, pixel), switch) == before
