from datetime import timedelta

import pytest

from service.domain.tenants.snippet_sites import MOST_SITES, OtherPixel, SnippetSite, with_site
from tests.builders import NOW

HOUR = timedelta(hours=1)
HOST = "shop.example.com"


def after(*calls: tuple[timedelta, OtherPixel]) -> SnippetSite:
    """Return the site after these calls, each so long after NOW."""
    known: tuple[SnippetSite, ...] = ()
    for passed, pixel in calls:
        known = with_site(known, HOST, pixel, at=NOW + passed)
    (site,) = known
    return site


class TestASite:
    def test_is_noted_once_an_hour(self) -> None:
        once = after((timedelta(), OtherPixel.NONE))
        again = after(
            (timedelta(), OtherPixel.NONE), (HOUR - timedelta(seconds=1), OtherPixel.NONE)
        )
        assert again == once
        assert after((timedelta(), OtherPixel.NONE), (HOUR, OtherPixel.NONE)).seen_at == NOW + HOUR

    def test_tells_of_another_pixel_at_once(self) -> None:
        minute = timedelta(minutes=1)
        site = after((timedelta(), OtherPixel.NONE), (minute, OtherPixel.BESIDE))
        assert site.other_pixel(NOW + minute) is OtherPixel.BESIDE
        site = after((timedelta(), OtherPixel.BESIDE), (minute, OtherPixel.OWN_PURCHASE))
        assert site.other_pixel(NOW + minute) is OtherPixel.OWN_PURCHASE

    @pytest.mark.parametrize(
        ("passed", "expected"),
        [
            (timedelta(days=29), OtherPixel.OWN_PURCHASE),
            (timedelta(days=31), OtherPixel.BESIDE),
            (timedelta(days=40), OtherPixel.NONE),
        ],
    )
    def test_forgets_what_is_no_longer_seen(self, passed: timedelta, expected: OtherPixel) -> None:
        site = after(
            (timedelta(), OtherPixel.OWN_PURCHASE),
            (timedelta(days=28), OtherPixel.BESIDE),
            (timedelta(days=38), OtherPixel.NONE),
        )
        assert site.other_pixel(NOW + passed) is expected

    def test_is_one_of_the_newest(self) -> None:
        known: tuple[SnippetSite, ...] = ()
        for number in range(MOST_SITES + 5):
            known = with_site(known, f"{number}.example", OtherPixel.NONE, at=NOW + number * HOUR)
        assert len(known) == MOST_SITES
        assert known[0].host == f"{MOST_SITES + 4}.example"
