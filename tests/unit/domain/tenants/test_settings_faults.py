from typing import Any

import pytest

from service.domain.tenants.settings_faults import faults_in
from service.domain.tenants.tenant import Pixel, Pixels
from tests.builders import PIXEL, one_pixel_twice, some_settings, two_pixels


def pixels(primary: str, secondary: str) -> Pixels:
    return Pixels(primary=Pixel(id=primary), secondary=Pixel(id=secondary))


class TestSettings:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"pixels": two_pixels()},
            {"pixels": pixels("", "")},
            {"pixels": pixels("", PIXEL)},
            {"currency": None, "timezone": None, "shop_domains": ()},
            {"currency": "CAD", "timezone": "America/Vancouver", "test_event_code": "TEST1"},
            {"alert_email": "you@example.com", "shop_domains": ("xn--chteau-xta.example",)},
        ],
    )
    def test_that_are_right_have_no_fault(self, changes: dict[str, Any]) -> None:
        assert faults_in(some_settings(**changes)) == {}

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"pixels": pixels("123", "")}, "pixels.primary.id"),
            ({"pixels": pixels(PIXEL, "12345678901a")}, "pixels.secondary.id"),
            ({"pixels": one_pixel_twice()}, "pixels.secondary.id"),
            ({"currency": "ZZZ"}, "currency"),
            ({"currency": "usd"}, "currency"),
            ({"timezone": "Mars/Olympus"}, "timezone"),
            ({"timezone": "../../etc/passwd"}, "timezone"),
            ({"shop_domains": ("https://shop.example.com",)}, "shop_domains"),
            ({"shop_domains": ("shop.example.com", "shop")}, "shop_domains"),
            ({"shop_domains": tuple(f"{n}.example.com" for n in range(51))}, "shop_domains"),
            ({"test_event_code": "TEST 1"}, "test_event_code"),
            ({"alert_email": "you@"}, "alert_email"),
        ],
    )
    def test_that_are_wrong_are_listed_by_name(self, changes: dict[str, Any], name: str) -> None:
        assert list(faults_in(some_settings(**changes))) == [name]
