import pytest

from service.commerce7.fields import Fields
from service.commerce7.public_settings import parse_shop
from service.domain.shop.public_settings import Shop

TOLD = {
    "currency": "usd",
    "timeZone": "America/Los_Angeles",
    "url": "https://Shop.Example.com/wines?utm=1",
    "companyName": "Fictional Ridge",
    "baseRoute": {"checkout": "/checkout", "reservation": "visit/book", "club": "", "cart": 7},
    "apps": [{"extensions": []}],
}


class TestAShop:
    def test_tells_its_facts(self) -> None:
        assert parse_shop(Fields(TOLD)) == Shop(
            name="Fictional Ridge",
            currency="USD",
            timezone="America/Los_Angeles",
            domain="shop.example.com",
            routes={"checkout": "checkout", "reservation": "visit/book", "cart": "7"},
        )

    @pytest.mark.parametrize(
        "currency", ["", "US", "USDT", "U$D", "ZZZ", "XAU", None, 7, "\u24ca\u24c8\u24b9"]
    )
    def test_has_no_currency_that_is_none(self, currency: object) -> None:
        assert parse_shop(Fields({**TOLD, "currency": currency})).currency is None

    @pytest.mark.parametrize(
        "zone", ["", "Mars/Olympus", "America", "Pacific Time", "../../etc/passwd", "a" * 999, None]
    )
    def test_has_no_time_zone_that_is_none(self, zone: object) -> None:
        assert parse_shop(Fields({**TOLD, "timeZone": zone})).timezone is None

    @pytest.mark.parametrize(
        "url",
        [
            *["", "https://", "not a host", "javascript:alert(1)", None],
            *["-shop.example.com", "shop-.example.com", f"{'a' * 64}.example.com", "a.b" * 99],
        ],
    )
    def test_has_no_domain_that_is_none(self, url: object) -> None:
        assert parse_shop(Fields({**TOLD, "url": url})).domain is None

    @pytest.mark.parametrize("path", ["../x", "a?b=c", "a b", "//evil.example.com/x", "#top"])
    def test_has_no_page_at_an_odd_path(self, path: str) -> None:
        routes = parse_shop(Fields({"baseRoute": {"checkout": path}})).routes
        assert routes.get("checkout") in {None, "evil.example.com/x"[:0]}

    def test_may_tell_nothing(self) -> None:
        assert parse_shop(Fields(None)) == Shop()
