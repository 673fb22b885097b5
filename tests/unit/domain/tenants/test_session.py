from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.tenants.session import SESSION_FOR, SESSION_LIFE, Session, opened
from tests.builders import NOW, OLIVE, TENANT

MOMENT = timedelta(microseconds=1)


def a_session() -> Session:
    return opened(TENANT, OLIVE, now=NOW)


class TestASession:
    def test_is_of_one_person_at_one_winery(self) -> None:
        session = a_session()
        assert (session.tenant_id, session.staff) == (TENANT, OLIVE)
        assert (session.opened_at, session.expires_at) == (NOW, NOW + timedelta(minutes=15))

    @pytest.mark.parametrize(
        ("after", "holds"),
        [
            (-MOMENT, False),
            (timedelta(0), True),
            (SESSION_FOR - MOMENT, True),
            (SESSION_FOR, False),
        ],
    )
    def test_holds_for_a_quarter_of_an_hour(self, after: timedelta, *, holds: bool) -> None:
        assert a_session().holds(NOW + after) is holds

    @pytest.mark.parametrize(
        ("after", "is_renewable"),
        [
            (-MOMENT, False),
            (SESSION_FOR, True),
            (timedelta(hours=8) - MOMENT, True),
            (timedelta(hours=8), False),
        ],
    )
    def test_may_be_renewed_for_a_working_day_even_after_it_ran_out(
        self, after: timedelta, *, is_renewable: bool
    ) -> None:
        assert a_session().is_renewable(NOW + after) is is_renewable


class TestARenewedSession:
    def test_holds_from_now_on_for_the_same_day(self) -> None:
        later = NOW + timedelta(hours=1)
        renewed = a_session().renewed(OLIVE, now=later)

        assert renewed == replace(a_session(), expires_at=later + SESSION_FOR)

    def test_has_the_staff_members_present_role(self) -> None:
        demoted = replace(OLIVE, role="Data")
        assert a_session().renewed(demoted, now=NOW).staff == demoted

    def test_never_outlives_the_day_however_often_it_is_renewed(self) -> None:
        session, now = a_session(), NOW
        while session.is_renewable(now):
            session = session.renewed(OLIVE, now=now)
            assert session.holds(now)
            assert session.expires_at <= NOW + SESSION_LIFE
            now += timedelta(minutes=14)

        assert session.expires_at == NOW + SESSION_LIFE
        assert not session.holds(NOW + SESSION_LIFE)
