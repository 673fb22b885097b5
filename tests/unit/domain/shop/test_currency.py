import pytest

from service.domain.shop.currency import currency_of


class TestACurrency:
    @pytest.mark.parametrize("text", ["USD", "usd", "Eur", "XCG", "XPF", "ZAR"])
    def test_is_known_by_its_code(self, text: str) -> None:
        assert currency_of(text) == text.upper()

    @pytest.mark.parametrize(
        "text",
        [
            *["", "US", "USDT", "U$D", "€", "dollars", "840", "\u24ca\u24c8\u24b9", "ZZZ", "QQQ"],
            # an inflation-indexed unit, gold, tests, no currency, and two of the past
            *["CLF", "XAU", "XTS", "xxx", "DEM", "HRK"],
        ],
    )
    def test_is_money_that_people_pay_with(self, text: str) -> None:
        assert currency_of(text) is None
