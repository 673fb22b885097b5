"""What holds for an installation after any story of reports and checks."""

from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.domain.tenants.installation import (
    DOUBTED_CHECKS,
    Access,
    Installation,
    InstallState,
)
from tests.builders import NOW
from tests.conftest import GRACE
from tests.unit.domain.tenants.installations import (
    ACTIVE,
    GRANTED,
    REFUSED,
    UNKNOWN,
    check,
    install,
    uninstall,
)

STEP = st.sampled_from(["install", "proven install", "uninstall", "check"])
STORY = st.lists(st.tuples(STEP, st.integers(0, 7200)), max_size=40)
Story = list[tuple[str, int]]


def after_story(known: Installation, story: Story, answers: Iterable[Access]) -> Installation:
    """Return the installation after all reports and checks, whether a check was due or not."""
    now, given_answers = NOW, iter(answers)
    for what, seconds in story:
        now += timedelta(seconds=seconds)
        match what:
            case "install":
                known = install(known, now=now)
            case "proven install":
                known = install(known, is_proven=True, now=now)
            case "uninstall":
                known = uninstall(known, now=now)
            case _:
                known = check(known, next(given_answers), now=now)
    return known


def settled(known: Installation, access: Access) -> Installation:
    """Return the installation after as many checks as it takes."""
    for _ in range(DOUBTED_CHECKS):
        if known.check_at:
            known = check(known, access, now=known.check_at)
    return known


@given(STORY)
def test_a_winery_with_access_is_never_removed(story: Story) -> None:
    known = after_story(ACTIVE, story, [GRANTED] * len(story))
    assert known.state is InstallState.ACTIVE
    assert known.purge_at is None
    assert settled(known, GRANTED) == ACTIVE


@given(STORY, st.lists(st.sampled_from([GRANTED, UNKNOWN]), min_size=40, max_size=40))
def test_a_winery_that_is_not_refused_is_never_removed(story: Story, answers: list[Access]) -> None:
    known = after_story(ACTIVE, story, answers)
    assert known.is_installed
    assert known.purge_at is None
    # A hold never stays without a time to look again.
    assert known.state is InstallState.ACTIVE or known.check_at is not None


UNPROVEN_STORY = st.lists(
    st.tuples(st.sampled_from(["install", "uninstall", "check"]), st.integers(0, 7200)), max_size=40
)


@given(STORY, st.lists(st.sampled_from(Access), min_size=40, max_size=40), UNPROVEN_STORY)
def test_a_winery_refused_after_an_uninstall_is_removed(
    before: Story, answers: list[Access], after: Story
) -> None:
    known = after_story(ACTIVE, before, answers)
    known = after_story(uninstall(known), after, [REFUSED] * len(after))
    known = settled(known, REFUSED)
    assert known.state is InstallState.REMOVED
    assert known.purge_at is not None


@given(UNPROVEN_STORY, st.lists(st.sampled_from([REFUSED, UNKNOWN]), min_size=40, max_size=40))
def test_a_winery_without_access_is_purged_in_time(story: Story, answers: list[Access]) -> None:
    known = after_story(install(None, now=NOW), story, answers)
    assert known.state is InstallState.PENDING
    assert known.purge_at is not None
    if REFUSED not in answers:
        assert known.purge_at == NOW + GRACE
