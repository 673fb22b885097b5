"""How reports and access checks change an installation."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.tenants.installation import (
    DOUBTED_CHECKS,
    FIRST_CHECK_PAUSE,
    LONGEST_CHECK_PAUSE,
    REFUSED_PAUSE,
    REPEATED_REPORT_PAUSE,
    Installation,
    InstallState,
    cleared_out,
    install_reported,
    postponed,
)
from tests.builders import NOW
from tests.conftest import GRACE
from tests.unit.domain.tenants.installations import (
    ACTIVE,
    ALL,
    GRANTED,
    HELD,
    LATER,
    LEAVING,
    MINUTE,
    PENDING,
    REFUSED,
    REMOVED,
    RETURNING,
    SECOND,
    UNKNOWN,
    check,
    checks_when_due,
    install,
    pauses,
    uninstall,
)


class TestAnInstallation:
    @pytest.mark.parametrize(
        ("state", "is_installed"),
        [
            (InstallState.ACTIVE, True),
            (InstallState.HELD, True),
            (InstallState.PENDING, False),
            (InstallState.REMOVED, False),
        ],
    )
    def test_takes_signals_while_it_stands_or_is_held(
        self, state: InstallState, *, is_installed: bool
    ) -> None:
        assert Installation(state=state).is_installed is is_installed

    def test_without_any_report_is_active_and_needs_nothing(self) -> None:
        assert (ACTIVE.state, ACTIVE.due_at) == (InstallState.ACTIVE, None)

    def test_is_due_for_whatever_comes_first(self) -> None:
        assert Installation(check_at=NOW, purge_at=LATER).due_at == NOW
        assert Installation(check_at=LATER, purge_at=NOW).due_at == NOW
        assert Installation(check_at=LATER).due_at == LATER
        assert Installation(purge_at=LATER).due_at == LATER


class TestAnInstall:
    @pytest.mark.parametrize("known", [None, *ALL])
    def test_that_is_proven_makes_it_active_and_ends_every_doubt(
        self, known: Installation | None
    ) -> None:
        assert install(known, is_proven=True) == ACTIVE

    def test_that_is_unproven_waits_for_a_check_and_for_its_purge(self) -> None:
        assert install(None) == Installation(
            state=InstallState.PENDING, check_at=LATER, purge_at=LATER + GRACE
        )

    @pytest.mark.parametrize("known", [ACTIVE, LEAVING])
    def test_changes_nothing_where_the_app_is_installed(self, known: Installation) -> None:
        assert install(known) == known

    @pytest.mark.parametrize("known", [PENDING, RETURNING])
    def test_reported_again_changes_nothing_while_it_is_being_proven(
        self, known: Installation
    ) -> None:
        waiting = replace(known, check_at=NOW + timedelta(days=1), checks=7, refused_at=NOW)
        assert install(waiting) == waiting

    def test_over_a_removed_one_is_checked_and_keeps_the_purge_time(self) -> None:
        assert install(REMOVED) == replace(REMOVED, check_at=LATER)

    def test_over_a_held_one_is_checked_soon_and_leaves_it_held(self) -> None:
        waiting = replace(HELD, check_at=LATER + timedelta(days=1))
        soon = LATER + REPEATED_REPORT_PAUSE
        assert install(waiting) == replace(HELD, check_at=soon, is_reported_again=True)

    @pytest.mark.parametrize("minutes", [0, 9])
    def test_soon_after_a_refusal_waits_until_that_is_over(self, minutes: int) -> None:
        refused_at = LATER - minutes * MINUTE
        fresh = install_reported(
            None, is_proven=False, now=LATER, grace=GRACE, refused_at=refused_at
        )
        back = install(replace(REMOVED, refused_at=refused_at))
        for each in (fresh, back):
            assert each.is_being_proven
            assert (each.check_at, each.refused_at) == (refused_at + REFUSED_PAUSE, refused_at)

    def test_longer_after_a_refusal_starts_anew(self) -> None:
        refused_at = LATER - REFUSED_PAUSE
        assert install(replace(REMOVED, refused_at=refused_at)) == replace(REMOVED, check_at=LATER)
        assert install_reported(
            None, is_proven=False, now=LATER, grace=GRACE, refused_at=refused_at
        ) == install(None)


class TestAnUninstall:
    def test_is_checked_and_by_itself_changes_nothing(self) -> None:
        assert uninstall(ACTIVE) == Installation(is_leaving=True, check_at=LATER)

    @pytest.mark.parametrize("known", [LEAVING, HELD])
    def test_reported_again_never_begins_the_checks_anew(self, known: Installation) -> None:
        once = uninstall(replace(known, checks=3, check_at=LATER + SECOND))
        assert (once.state, once.checks, once.check_at) == (known.state, 3, LATER + SECOND)
        assert uninstall(once, now=LATER + MINUTE) == once

    def test_reported_again_long_before_the_next_check_brings_that_forward(self) -> None:
        waiting = replace(LEAVING, checks=4, check_at=LATER + timedelta(hours=1))
        assert uninstall(waiting).check_at == LATER + REPEATED_REPORT_PAUSE

    def test_reported_every_second_for_hours_costs_one_check_a_minute(self) -> None:
        known, checks, hours = ACTIVE, 0, 3
        for second in range(hours * 3600):
            now = NOW + second * SECOND
            known = uninstall(known, now=now)
            if known.check_at and known.check_at <= now:
                checks += 1
                known = check(known, GRANTED, now=now)
            assert known.state is InstallState.ACTIVE
        assert checks <= hours * 60 + 3
        # The usual checks follow the last report: a true one may be a moment early.
        (*_, last, end) = checks_when_due(known, [GRANTED] * (DOUBTED_CHECKS - 1))
        assert end == ACTIVE
        assert last.check_at is not None
        assert last.check_at > NOW + timedelta(hours=hours, minutes=15)

    @pytest.mark.parametrize("known", [PENDING, REMOVED, RETURNING])
    def test_of_what_is_not_installed_is_no_news(self, known: Installation) -> None:
        assert uninstall(known) == known


class TestAccessThatIsGranted:
    def test_is_doubted_for_a_while_after_an_uninstall(self) -> None:
        seen = checks_when_due(uninstall(ACTIVE), [GRANTED] * DOUBTED_CHECKS)

        assert [each.state for each in seen] == [InstallState.ACTIVE] * DOUBTED_CHECKS
        assert [each.is_leaving for each in seen] == [True] * (DOUBTED_CHECKS - 1) + [False]
        assert seen[-1] == ACTIVE

    def test_is_doubted_for_less_than_half_an_hour(self) -> None:
        (*_, last, _) = checks_when_due(uninstall(ACTIVE, now=NOW), [GRANTED] * DOUBTED_CHECKS)
        assert last.check_at is not None
        assert timedelta(minutes=15) < last.check_at - NOW < timedelta(minutes=30)

    def test_is_doubted_anew_if_the_uninstall_was_reported_again(self) -> None:
        last = replace(LEAVING, checks=DOUBTED_CHECKS - 1, is_reported_again=True)
        after = check(last, GRANTED)
        assert (after.check_at, after.is_reported_again) == (NOW + MINUTE, False)
        assert pauses(after, [GRANTED] * 2) == [4 * MINUTE, 16 * MINUTE]

    def test_ends_a_hold_and_keeps_looking(self) -> None:
        held = check(uninstall(ACTIVE), UNKNOWN)
        after = check(held, GRANTED)
        assert (after.state, after.is_leaving, after.checks) == (InstallState.ACTIVE, True, 2)

    @pytest.mark.parametrize("known", [PENDING, RETURNING, replace(HELD, is_leaving=False)])
    def test_is_enough_where_no_uninstall_was_reported(self, known: Installation) -> None:
        assert check(known, GRANTED) == ACTIVE


class TestAccessThatIsRefused:
    @pytest.mark.parametrize("known", [LEAVING, HELD, replace(HELD, checks=40), ACTIVE])
    def test_removes_at_once_and_purges_after_the_grace_time(self, known: Installation) -> None:
        removed = check(known, REFUSED, now=LATER)
        end = LATER + GRACE
        assert removed.is_to_be_cleared_out
        assert (removed.check_at, removed.purge_at) == (LATER, end)
        assert cleared_out(removed) == Installation(state=InstallState.REMOVED, purge_at=end)

    @pytest.mark.parametrize("known", [PENDING, RETURNING])
    def test_is_asked_about_once_more_ten_minutes_later(self, known: Installation) -> None:
        once = check(replace(known, checks=5), REFUSED)
        assert once == replace(known, check_at=NOW + REFUSED_PAUSE, checks=0, refused_at=NOW)
        assert check(once, REFUSED, now=NOW + REFUSED_PAUSE - SECOND) == once

    def test_twice_gives_up_a_winery_that_never_had_us(self) -> None:
        (_, gone) = checks_when_due(PENDING, [REFUSED] * 2)
        assert gone.is_given_up
        assert (gone.purge_at, gone.is_being_proven) == (NOW + REFUSED_PAUSE, False)

    def test_twice_sends_a_removed_one_back_with_its_purge_time(self) -> None:
        (_, back) = checks_when_due(RETURNING, [REFUSED] * 2)
        assert back.is_to_be_cleared_out
        cleared = cleared_out(back)
        assert cleared == replace(REMOVED, refused_at=NOW + REFUSED_PAUSE)
        assert not cleared.is_being_proven


class TestAccessThatIsUnknown:
    @pytest.mark.parametrize("known", [LEAVING, HELD])
    def test_holds_what_may_have_left(self, known: Installation) -> None:
        after = check(known, UNKNOWN)
        assert (after.state, after.is_leaving) == (InstallState.HELD, True)
        assert after.checks == known.checks + 1
        assert after.purge_at is None

    def test_holds_nothing_where_no_uninstall_was_reported(self) -> None:
        assert check(ACTIVE, UNKNOWN).state is InstallState.ACTIVE

    @pytest.mark.parametrize("known", [PENDING, RETURNING])
    def test_activates_nothing_and_keeps_the_purge_time(self, known: Installation) -> None:
        after = check(known, UNKNOWN)
        assert (after.state, after.purge_at) == (known.state, NOW + GRACE)

    def test_is_asked_about_soon_again_after_many_good_answers(self) -> None:
        after = check(replace(LEAVING, checks=DOUBTED_CHECKS - 1), UNKNOWN)
        assert after.check_at == NOW + FIRST_CHECK_PAUSE

    @pytest.mark.parametrize("known", [PENDING, RETURNING])
    def test_counts_as_no_refusal(self, known: Installation) -> None:
        (*_, last) = checks_when_due(known, [REFUSED, *[UNKNOWN] * 9])
        assert (last.refused_at, last.is_being_proven) == (NOW, True)

    @pytest.mark.parametrize("known", [LEAVING, PENDING])
    def test_is_checked_less_and_less_often_but_every_hour(self, known: Installation) -> None:
        quarter_minutes = [1, 4, 16, 64, 240, 240]
        expected = [FIRST_CHECK_PAUSE * count for count in quarter_minutes]
        assert expected[-1] == LONGEST_CHECK_PAUSE
        assert pauses(known, [UNKNOWN] * 6) == expected

    def test_may_go_on_for_years(self) -> None:
        after = check(replace(HELD, checks=10**6), UNKNOWN)
        assert after.check_at == NOW + LONGEST_CHECK_PAUSE


class TestACheckForWhichThereWasNoRoom:
    @pytest.mark.parametrize("known", [LEAVING, HELD, PENDING, RETURNING])
    def test_is_postponed_and_counts_for_nothing(self, known: Installation) -> None:
        assert postponed(known, until=LATER) == replace(known, check_at=LATER)
