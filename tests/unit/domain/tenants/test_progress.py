"""When a connection test still counts, and what an update must not undo."""

from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.tenants.progress import Progress, Verified, token_fingerprint
from tests.builders import NOW, PIXEL, SECOND_PIXEL, TOKEN

TESTED = Verified(at=NOW, pixel_id=PIXEL, mark=token_fingerprint(TOKEN))


class TestATest:
    def test_counts_for_its_role_its_pixel_and_its_token(self) -> None:
        progress = Progress().with_test("primary", TESTED)
        assert progress.tested_for("primary", pixel_id=PIXEL, token=TOKEN) == TESTED

    @pytest.mark.parametrize(
        ("role", "pixel_id", "token"),
        [
            ("secondary", PIXEL, TOKEN),
            ("primary", SECOND_PIXEL, TOKEN),
            ("primary", PIXEL, f"{TOKEN}newer"),
            ("primary", PIXEL, ""),
        ],
    )
    def test_counts_for_nothing_else(self, role: str, pixel_id: str, token: str) -> None:
        progress = Progress().with_test("primary", TESTED)
        assert progress.tested_for(role, pixel_id=pixel_id, token=token) is None

    def test_of_one_role_leaves_the_others_alone(self) -> None:
        progress = Progress(first_sent_at=NOW).with_test("secondary", TESTED)
        assert progress.with_test("primary", TESTED) == Progress(
            first_sent_at=NOW, tested={"primary": TESTED, "secondary": TESTED}
        )


class TestTheMark:
    def test_gives_nothing_of_the_token_away(self) -> None:
        mark = token_fingerprint(TOKEN)
        assert len(mark) == 16
        assert not any(TOKEN[start : start + 4] in mark for start in range(len(TOKEN) - 4))
        assert mark != token_fingerprint(f"{TOKEN}x")


class TestTheFirstEventSent:
    later = replace(TESTED, at=NOW + timedelta(days=1))

    def test_stays_the_first(self) -> None:
        progress = Progress().with_sent("primary", TESTED)
        assert progress.with_sent("primary", self.later) == progress
        assert progress == Progress(first_sent_at=NOW, tested={"primary": TESTED})

    def test_proves_a_new_token_and_leaves_the_expiry_date_of_a_tested_one(self) -> None:
        expiring = replace(TESTED, expires_at=NOW)
        progress = Progress().with_test("primary", expiring)
        assert progress.with_sent("primary", TESTED).tested == {"primary": expiring}
        newer = replace(TESTED, mark=token_fingerprint("newer"))
        assert progress.with_sent("primary", newer).tested == {"primary": newer}


class TestAProof:
    @pytest.mark.parametrize(
        ("progress", "token", "is_proven"),
        [
            (Progress(), TOKEN, False),
            (Progress(tested={"primary": TESTED}), TOKEN, True),
            (Progress(tested={"primary": TESTED}, first_sent_at=NOW), "newer", False),
            # Older releases recorded that something was sent, and not with which token.
            (Progress(first_sent_at=NOW), TOKEN, True),
            (Progress(tested={"secondary": TESTED}, first_sent_at=NOW), TOKEN, True),
        ],
    )
    def test_is_of_the_pixel_and_the_token_that_are_saved(
        self, progress: Progress, token: str, *, is_proven: bool
    ) -> None:
        assert progress.is_proven("primary", pixel_id=PIXEL, token=token) is is_proven
