import pytest

from service.web.request.times import local_time
from tests.builders import NOW


class TestMoment:
    @pytest.mark.parametrize(
        ("zone", "text"),
        [
            ("America/Los_Angeles", "4 Aug 2026, 17:00 PDT"),
            ("Europe/Rome", "5 Aug 2026, 02:00 CEST"),
            (None, "5 Aug 2026, 00:00 UTC"),
            ("", "5 Aug 2026, 00:00 UTC"),
            ("Nowhere/At_All", "5 Aug 2026, 00:00 UTC"),
            ("../../etc/passwd", "5 Aug 2026, 00:00 UTC"),
            ("a" * 10_000, "5 Aug 2026, 00:00 UTC"),
            ("\x00", "5 Aug 2026, 00:00 UTC"),
        ],
    )
    def test_is_in_the_winerys_zone_or_in_utc(self, zone: str | None, text: str) -> None:
        assert local_time(NOW, zone).text == text
        assert local_time(NOW, zone).iso == "2026-08-05T00:00:00+00:00"
