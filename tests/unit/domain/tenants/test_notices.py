from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from service.domain.tenants.notices import (
    CLAIMED_FOR,
    LOOK_AGAIN_EVERY,
    REST,
    Notice,
    Notices,
    claimed,
    mailed,
    refused,
    seen,
)
from tests.builders import NOW

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
KEY = "token-primary"


def look(known: Notices, *keys: str, at: datetime = NOW) -> Notices:
    return seen(known, dict.fromkeys(keys), now=at)


def after_email(*keys: str, at: datetime = NOW) -> Notices:
    return mailed(claimed(look(Notices(), *keys, at=at), keys, now=at), keys, now=at)


def due(notices: Notices, at: datetime) -> Iterable[str]:
    return sorted(notices.due(at))


class TestAnEmail:
    def test_is_due_when_its_alert_begins(self) -> None:
        notices = look(Notices(), KEY, "stuck")
        assert due(notices, NOW) == ["stuck", KEY]
        assert notices.look_at == NOW

    def test_is_not_due_while_it_is_claimed_and_again_when_the_claim_expires(self) -> None:
        notices = claimed(look(Notices(), KEY), [KEY], now=NOW)
        assert due(notices, NOW + CLAIMED_FOR - MINUTE) == []
        assert due(notices, NOW + CLAIMED_FOR) == [KEY]
        assert notices.look_at == NOW + CLAIMED_FOR

    def test_is_the_only_one_while_its_alert_lasts(self) -> None:
        notices = after_email(KEY)
        for days in range(30):
            at = NOW + timedelta(days=days)
            notices = look(notices, KEY, at=at)
            assert (due(notices, at), notices.look_at) == ([], at + LOOK_AGAIN_EVERY)

    def test_is_sent_again_when_the_alert_comes_back_after_a_rest(self) -> None:
        over = look(after_email(KEY), at=NOW + HOUR)
        assert (due(over, NOW + HOUR), over.look_at) == ([], None)
        back = look(over, KEY, at=NOW + REST)
        assert due(back, NOW + REST) == [KEY]
        assert back.since(KEY) == NOW + REST

    def test_waits_for_the_rest_to_be_over_when_it_flaps(self) -> None:
        notices = after_email(KEY)
        for minutes in range(10, 300, 20):
            notices = look(notices, at=NOW + minutes * MINUTE)
            notices = look(notices, KEY, at=NOW + (minutes + 10) * MINUTE)
            assert due(notices, NOW + (minutes + 10) * MINUTE) == []
        assert due(notices, NOW + REST - MINUTE) == []
        assert (due(notices, NOW + REST), notices.look_at) == ([KEY], NOW + REST)

    def test_of_one_alert_is_none_of_another(self) -> None:
        assert due(look(after_email(KEY), KEY, "currency", at=NOW + MINUTE), NOW + MINUTE) == [
            "currency"
        ]

    def test_that_failed_is_retried_with_growing_pauses_and_never_dropped(self) -> None:
        notices, at, pauses = look(Notices(), KEY), NOW, []
        for _ in range(8):
            notices = refused(claimed(notices, [KEY], now=at), [KEY], now=at)
            assert notices.look_at is not None
            assert due(notices, notices.look_at - MINUTE) == []
            assert due(notices, notices.look_at) == [KEY]
            pauses.append((notices.look_at - at) // MINUTE)
            at = notices.look_at
            notices = look(notices, KEY, at=at)
        assert pauses == [10, 20, 40, 80, 160, 320, 360, 360]

    def test_is_recorded_although_its_alert_was_over_meanwhile(self) -> None:
        sending = claimed(look(Notices(), KEY), [KEY], now=NOW)
        over = look(sending, at=NOW + MINUTE)
        after = mailed(over, [KEY], now=NOW + MINUTE)
        assert due(look(after, KEY, at=NOW + HOUR), NOW + HOUR) == []
        gone = mailed(Notices(), [KEY], now=NOW)
        assert due(look(gone, KEY, at=NOW + HOUR), NOW + HOUR) == []

    def test_is_not_sent_twice_because_its_alert_flaps_meanwhile(self) -> None:
        sending = claimed(look(Notices(), KEY), [KEY], now=NOW)
        back = look(look(sending, at=NOW + MINUTE), KEY, at=NOW + 2 * MINUTE)
        assert due(back, NOW + 2 * MINUTE) == []


class TestNotices:
    def test_say_since_when_an_alert_lasts(self) -> None:
        notices = seen(Notices(), {KEY: NOW - HOUR, "stuck": None}, now=NOW)
        notices = seen(notices, {KEY: NOW, "stuck": None}, now=NOW + HOUR)
        assert (notices.since(KEY), notices.since("stuck")) == (NOW - HOUR, NOW)
        assert look(notices).since(KEY) is None
        assert notices.since("currency") is None

    @pytest.mark.parametrize("later", [REST, timedelta(days=9)])
    def test_are_forgotten_once_they_matter_no_more(self, later: timedelta) -> None:
        over = look(after_email(KEY), at=NOW + MINUTE)
        assert set(over.by_key) == {KEY}
        assert look(over, at=NOW + later) == Notices()

    def test_of_nothing_are_none(self) -> None:
        assert look(Notices()) == Notices()
        assert refused(Notices(), [KEY], now=NOW) == Notices()

    def test_are_checked_again_when_the_first_of_them_is_due(self) -> None:
        both = look(after_email(KEY), KEY, "stuck", at=NOW + MINUTE)
        assert both.look_at == NOW + MINUTE
        assert Notice(since=NOW).next_at == NOW
