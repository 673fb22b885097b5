import pytest

from service.web.request.times import local_time
from tests.builders import NOW


class TestMoment:
    @pytest.mark.parametrize(
        ("zone", "text"),
        [
            ("America/Los_Angeles", "Aug 4, 2026, 5:00 PM PDT"),
            ("Europe/Rome", "Aug 5, 2026, 2:00 AM CEST"),
            (None, "Aug 5, 2026, 12:00 AM UTC"),
            ("", "Aug 5, 2026, 12:00 AM UTC"),
            ("Nowhere/At_All", "Aug 5, 2026, 12:00 AM UTC"),
            ("../../etc/passwd", "Aug 5, 2026, 12:00 AM UTC"),
            ("a" * 10_000, "Aug 5, 2026, 12:00 AM UTC"),
            ("\x00", "Aug 5, 2026, 12:00 AM UTC"),
        ],
    )
    def test_is_in_the_winerys_zone_or_in_utc(self, zone: str | None, text: str) -> None:
        assert local_time(NOW, zone).text == text
        assert local_time(NOW, zone).iso == "2026-08-05T00:00:00+00:00"
