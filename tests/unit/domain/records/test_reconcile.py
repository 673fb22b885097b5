from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.events.reason import Reason
from service.domain.records.lookup import Lookup
from service.domain.records.reconcile import reconciled
from service.domain.records.record import EventRecord, Status
from tests.builders import NOW, a_record

LATER = NOW + timedelta(minutes=1)
LOOKUP = Lookup(sealed_id="sealed", asked_at=NOW, due_at=NOW)
BARE = a_record(deliveries={})
EVENT = a_record()
FINAL = replace(BARE, state=Status.SKIPPED, reason=Reason.REFUND)
MAY_CHANGE = replace(BARE, state=Status.SKIPPED, reason=Reason.CANCELLED, may_change=True)
WAITING = replace(BARE, state=Status.WAITING, reason=Reason.NOT_PAID_YET)
UNPROVEN = replace(BARE, lookup=LOOKUP)
VOUCHED = replace(UNPROVEN, payload="sealed")


class TestWhatIsDecided:
    @pytest.mark.parametrize("known", [EVENT, FINAL])
    @pytest.mark.parametrize("news", [EVENT, FINAL, MAY_CHANGE, WAITING, UNPROVEN, VOUCHED])
    def test_stays(self, known: EventRecord, news: EventRecord) -> None:
        assert reconciled(known, news) is None


class TestWhatIsOpen:
    @pytest.mark.parametrize("known", [MAY_CHANGE, WAITING, UNPROVEN, VOUCHED])
    @pytest.mark.parametrize("news", [EVENT, FINAL])
    def test_gives_way_to_a_decision(self, known: EventRecord, news: EventRecord) -> None:
        assert reconciled(known, news) == news

    @pytest.mark.parametrize("known", [MAY_CHANGE, WAITING, UNPROVEN])
    def test_gives_way_to_an_event_whose_person_is_looked_up(self, known: EventRecord) -> None:
        assert reconciled(known, VOUCHED) == VOUCHED

    @pytest.mark.parametrize("known", [MAY_CHANGE, WAITING, UNPROVEN])
    def test_is_looked_up_again_after_an_unproven_webhook(self, known: EventRecord) -> None:
        again = replace(
            UNPROVEN, lookup=replace(LOOKUP, asked_at=LATER), updated_at=LATER, object_number=None
        )
        after = reconciled(known, again)
        assert after == replace(known, lookup=again.lookup, updated_at=LATER)

    @pytest.mark.parametrize("news", [MAY_CHANGE, WAITING, UNPROVEN, VOUCHED])
    def test_stays_while_an_event_is_looked_up(self, news: EventRecord) -> None:
        assert reconciled(VOUCHED, news) is None

    def test_learns_why_it_is_no_event_yet_while_it_is_looked_up(self) -> None:
        assert reconciled(UNPROVEN, WAITING) == replace(WAITING, lookup=LOOKUP)
        assert reconciled(UNPROVEN, MAY_CHANGE) == replace(MAY_CHANGE, lookup=LOOKUP)
        assert reconciled(WAITING, MAY_CHANGE) == MAY_CHANGE

    @pytest.mark.parametrize("known", [MAY_CHANGE, WAITING])
    def test_ignores_news_that_is_not_more_definite(self, known: EventRecord) -> None:
        assert reconciled(known, known) is None
        assert reconciled(MAY_CHANGE, WAITING) is None
