import msgspec
import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.audit import (
    AuditEntry,
    Change,
    changes_between,
    net_changes,
    token_removed,
)
from service.domain.tenants.tenant import Role, TenantSettings
from tests.builders import NOW, PIXEL, SECOND_PIXEL, some_settings, two_pixels

BEFORE = some_settings()


def changed(**settings: object) -> tuple[Change, ...]:
    after = replace(BEFORE, **settings)  # type: ignore[arg-type] # whatever the test names
    return changes_between(BEFORE, after, new_tokens=())


class TestChanges:
    def test_are_none_where_nothing_changed(self) -> None:
        assert changed() == ()

    @pytest.mark.parametrize(
        ("settings", "change"),
        [
            ({"enabled": False}, Change(name="enabled", before="true", after="false")),
            ({"currency": "EUR"}, Change(name="currency", before='"USD"', after='"EUR"')),
            ({"currency": None}, Change(name="currency", before='"USD"', after="null")),
            ({"retention_days": 30}, Change(name="retention_days", before="90", after="30")),
            (
                {"value_rule": "subtotal"},
                Change(name="value_rule", before='"total"', after='"subtotal"'),
            ),
            (
                {"shop_domains": ()},
                Change(name="shop_domains", before='["shop.example.com"]', after="[]"),
            ),
            (
                {"pixels": two_pixels()},
                Change(name="pixels.secondary.id", before='""', after=f'"{SECOND_PIXEL}"'),
            ),
            (
                {"events": {**BEFORE.events, EventName.PURCHASE: False}},
                Change(name="events.Purchase", before="true", after="false"),
            ),
            (
                {"channels": {**BEFORE.channels, Channel.POS: False}},
                Change(name="channels.POS", before="true", after="false"),
            ),
        ],
    )
    def test_name_the_setting_and_both_values_as_json(
        self, settings: dict[str, object], change: Change
    ) -> None:
        assert changed(**settings) == (change,)

    def test_may_be_several_at_once(self) -> None:
        names = [change.name for change in changed(enabled=False, alert_email="a@example.com")]
        assert names == ["enabled", "alert_email"]

    def test_count_a_switch_that_is_not_named_as_on(self) -> None:
        bare = replace(BEFORE, events={EventName.LEAD: False})
        full = replace(BEFORE, events={EventName.PURCHASE: True})
        on = Change(name="events.Lead", before="false", after="true")

        assert changes_between(bare, full, new_tokens=()) == (on,)

    def test_of_a_new_winery_are_those_from_the_defaults(self) -> None:
        after = some_settings(shop_domains=())
        assert changes_between(None, after, new_tokens=()) == (
            Change(name="currency", before="null", after='"USD"'),
            Change(name="pixels.primary.id", before='""', after=f'"{PIXEL}"'),
        )
        assert changes_between(None, TenantSettings(), new_tokens=()) == ()

    def test_have_json_for_values(self) -> None:
        changes = changed(currency=None, enabled=False, shop_domains=("b.example.com",))
        values = [text for change in changes for text in (change.before, change.after)]
        assert [msgspec.json.decode(text) for text in values] == [
            True, False, "USD", None, ["shop.example.com"], ["b.example.com"],
        ]  # fmt: skip


class TestANewToken:
    def test_is_recorded_without_its_value(self) -> None:
        assert changes_between(BEFORE, BEFORE, new_tokens={Role.SECONDARY}) == (
            Change(name="pixels.secondary.token", before="", after=""),
        )

    def test_comes_after_the_settings_the_primary_first(self) -> None:
        after = replace(BEFORE, enabled=False)
        tokens = [Role.SECONDARY, Role.PRIMARY]
        names = [change.name for change in changes_between(BEFORE, after, new_tokens=tokens)]
        assert names == ["enabled", "pixels.primary.token", "pixels.secondary.token"]


def net(*steps: Change) -> tuple[Change, ...]:
    return net_changes(AuditEntry(at=NOW, who="Olive", changes=(step,)) for step in steps)


class TestTheNetChange:
    def test_goes_from_the_first_value_to_the_last(self) -> None:
        currency = Change(name="currency", before='"USD"', after='"CAD"')
        lead = Change(name="events.Lead", before="true", after="false")
        later = Change(name="currency", before='"CAD"', after='"EUR"')
        whole = Change(name="currency", before='"USD"', after='"EUR"')
        assert net(currency, lead, later) == (whole, lead)

    def test_leaves_out_what_was_changed_back(self) -> None:
        off = Change(name="enabled", before="true", after="false")
        assert net(off, Change(name="enabled", before="false", after="true")) == ()

    def test_of_a_token_is_the_last_one(self) -> None:
        replaced, removed = Change(name="pixels.primary.token"), token_removed(Role.PRIMARY)
        assert net(replaced, replaced) == (replaced,)
        assert net(replaced, removed) == (removed,)
        assert net(removed, replaced) == (replaced,)
