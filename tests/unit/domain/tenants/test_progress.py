"""When a connection test still counts, and what an update must not undo."""

from datetime import timedelta

import pytest

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
    def test_stays_the_first(self) -> None:
        progress = Progress().with_first_sent(NOW)
        assert progress.with_first_sent(NOW + timedelta(days=1)) == Progress(first_sent_at=NOW)
