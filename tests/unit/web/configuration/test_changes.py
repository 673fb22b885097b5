import pytest

from service.domain.tenants.audit import Change, changes_between, log_change, token_removed
from service.domain.tenants.tenant import Role
from service.web.configuration.changes import change_text
from tests.builders import PIXEL, some_settings, two_pixels


class TestChangeText:
    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"enabled": False}, ["Server-side tracking: on → off"]),
            ({"currency": None}, ["Currency: USD → empty"]),
            ({"shop_domains": ("a.example", "b.example")},
             ["Shop domains: shop.example.com → a.example, b.example"]),
            ({"retention_days": 30}, ["Days to keep the Event Log: 90 → 30"]),
            ({"pixels": two_pixels()}, ["Secondary pixel: empty → 6543210987654321"]),
        ],
    )  # fmt: skip
    def test_uses_the_pages_labels(self, changes: dict[str, object], words: list[str]) -> None:
        made = changes_between(some_settings(), some_settings(**changes), new_tokens=())
        assert [change_text(each) for each in made] == words

    def test_says_only_that_a_token_is_new_or_removed(self) -> None:
        (new,) = changes_between(some_settings(), some_settings(), new_tokens=[Role.PRIMARY])
        assert change_text(new) == "Primary access token replaced"
        assert change_text(token_removed(Role.PRIMARY)) == "Primary access token removed"

    def test_says_what_was_done_with_the_log(self) -> None:
        assert change_text(log_change("2 rows", "cleared")) == "Event Log: 2 rows cleared"

    def test_shows_a_setting_of_an_older_version_by_its_name(self) -> None:
        assert (
            change_text(Change(name="some.thing", before='"a"', after=f'"{PIXEL}"'))
            == f"thing: a → {PIXEL}"
        )
