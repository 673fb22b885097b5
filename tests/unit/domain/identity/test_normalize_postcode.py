import pytest

from service.domain.identity import normalize_postcode


@pytest.mark.parametrize("country", ["us", "pr", None])
@pytest.mark.parametrize(
    "raw", ["94558", "94558-1234", "94558 1234", "945581234", "94558\u20131234"]
)
def test_a_zip_is_five_digits(raw: str, country: str | None) -> None:
    assert normalize_postcode(raw, country=country) == "94558"


@pytest.mark.parametrize(
    ("raw", "country", "postcode"),
    [
        ("SW1A 1AA", "gb", "sw1a1aa"),
        ("m1-1ae", "gb", "m11ae"),
        ("K1A 0B6", "ca", "k1a0b6"),
        ("K1A-0B6", None, "k1a0b6"),
        ("101-0001", "jp", "1010001"),
        ("\u3012\uff11\uff10\uff11\u2212\uff10\uff10\uff10\uff11", "jp", "1010001"),
        ("945581234", "de", "945581234"),
        ("3000", "au", "3000"),
        ("0800", "au", "0800"),
        ("D02 AF30", "ie", "d02af30"),
        ("101", "is", "101"),
    ],
)
def test_other_codes_stay_whole(raw: str, country: str | None, postcode: str) -> None:
    assert normalize_postcode(raw, country=country) == postcode


@pytest.mark.parametrize(
    "raw", ["00000", "00000-0000", "0000", "12", "-", "n/a", "", "\uff11", "東京"]
)
@pytest.mark.parametrize("country", ["us", "gb", None])
def test_what_is_no_code_is_dropped(raw: str, country: str | None) -> None:
    assert normalize_postcode(raw, country=country) is None


def test_a_zip_code_of_no_place_is_dropped_and_another_countrys_code_is_not() -> None:
    for placeholder in ("11111", "99999", "99999-9999"):
        assert normalize_postcode(placeholder, country="us") is None
        assert normalize_postcode(placeholder, country=None) is None
    assert normalize_postcode("111 11", country="se") == "11111"
