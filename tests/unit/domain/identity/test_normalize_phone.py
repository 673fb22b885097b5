import pytest

from service.domain.identity import normalize_phone


@pytest.mark.parametrize(
    ("raw", "normalized"),
    [
        ("+44 20 7946 0958", "442079460958"),
        ("0044 20 7946 0958", "442079460958"),
        ("+1 (650) 555-1212", "16505551212"),
        ("tel:+1-650-555-1212;ext=5", "16505551212"),
        ("001 650 555 1212", "16505551212"),
        ("011 44 20 7946 0958", "442079460958"),
        ("++1 650 555 1212", "16505551212"),
        ("+001 650 555 1212", "16505551212"),
        ("+52 1 55 1234 5678", "525512345678"),  # as Mexico's mobiles were dialled
        ("+54 9 11 1234 5678", "5491112345678"),  # as Argentina's still are
        ("+44 (0)7911 123456", "447911123456"),
        ("\uff0b\uff11 650 555 1212", "16505551212"),  # full width
        ("\u202a+1 650 555 1212\u202c", "16505551212"),
        ("+39 06 6982 1234", "390669821234"),  # an Italian number keeps its zero
    ],
)
def test_an_international_number_needs_no_region(raw: str, normalized: str) -> None:
    assert normalize_phone(raw, region=None) == normalized


@pytest.mark.parametrize("raw", ["650 555 1212", "1 650 555 1212", "011 1234 5678"])
def test_without_a_region_a_national_number_is_not_guessed(raw: str) -> None:
    assert normalize_phone(raw, region=None) is None


@pytest.mark.parametrize(
    ("raw", "region", "normalized"),
    [
        ("020 7946 0958", "GB", "442079460958"),
        ("44 20 7946 0958", "GB", "442079460958"),
        ("0412 345 678", "AU", "61412345678"),
        ("0011 1 650 555 1212", "AU", "16505551212"),
        ("06 12 34 56 78", "FR", "33612345678"),
        ("033 6 12 34 56 78", "FR", "33612345678"),
        ("0171/1234567", "DE", "491711234567"),
        ("06 6982 1234", "IT", "390669821234"),
        ("090-1234-5678", "JP", "819012345678"),
        ("00 44 20 7946 0958", "JP", "442079460958"),
        ("(604) 555-1212", "CA", "16045551212"),
        ("011 44 20 7946 0958", "US", "442079460958"),
        ("+44 20 7946 0958", "US", "442079460958"),
        ("+34 (0) 612 345 678", "US", "34612345678"),
        ("+39 (0)6 6982 1234", "US", "390669821234"),
        ("011 52 1 55 1234 5678", "US", "525512345678"),
        ("001 44 7911 123456", "US", "447911123456"),
        ("44 7911 123456", "GB", "447911123456"),
        ("44 (0)7911 123456", "GB", "447911123456"),
        ("0114 496 0123", "GB", "441144960123"),  # Sheffield, not dialled from North America
        ("011 44 7911 123456", "GB", "447911123456"),
        ("49 151 12345678", "DE", "4915112345678"),
        ("0491 51123456", "DE", "4949151123456"),  # Leer
        ("5215512345678", "MX", "525512345678"),
        ("52 55 1234 5678", "MX", "525512345678"),
        ("044 55 1234 5678", "MX", "525512345678"),
        ("045 55 1234 5678", "MX", "525512345678"),
        ("01 55 1234 5678", "MX", "525512345678"),
        ("011 2345 6789", "IN", "911123456789"),
    ],
)
def test_the_region_explains_a_national_number(raw: str, region: str, normalized: str) -> None:
    assert normalize_phone(raw, region=region) == normalized


@pytest.mark.parametrize(
    "raw",
    [
        "650-555-1212 ext. 5",
        "650-555-1212 x5",
        "650-555-1212#5",
        "650-555-1212,,5",
        "650-555-1212;5",
        "650-555-1212 доб. 5",
        "650-555-1212 (home)",
        "(cell) 650.555.1212",
        "650-555-1212 or 650-555-1213",
        "650\u2011555\u20111212",
        "650\u200b555\u00ad1212",
    ],
)
def test_extensions_and_remarks_are_left_out(raw: str) -> None:
    assert normalize_phone(raw, region="US") == "16505551212"


@pytest.mark.parametrize(
    "raw",
    [
        "963-1234",  # local: the area is not known
        "0123456789",  # no American number begins with 0
        "650-555-1212 650-555-1213",
        "650-555-1212/650-555-1213",
        "1-800-FLOWERS",
        "+999 123 456 789",
        "+650-555-1212",
        "442079460958",
        "52 1 55 1234 5678",
        "+44 20 7946",
        "+1 650 555 1212 1212 1212",
        "Phone 2: 650 555 1212",
        "+290 2345",  # possible, but shorter than Meta's matching can mean
    ],
)
def test_an_impossible_number_is_dropped(raw: str) -> None:
    assert normalize_phone(raw, region="US") is None


@pytest.mark.parametrize("region", ["XX", "", "AQ"])
def test_an_unknown_region_is_no_region(region: str) -> None:
    assert normalize_phone("650 555 1212", region=region) is None
    assert normalize_phone("+1 650 555 1212", region=region) == "16505551212"
