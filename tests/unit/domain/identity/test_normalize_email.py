import pytest

from service.domain.identity import normalize_email


@pytest.mark.parametrize(
    ("raw", "normalized"),
    [
        ("JANE@EXAMPLE.COM", "jane@example.com"),
        ("\ufeff\u200f jane@example.com\u200b\u202c\r\n", "jane@example.com"),
        ("o'brien@example.co.uk", "o'brien@example.co.uk"),
        ("jane@x--y.example.com", "jane@x--y.example.com"),
        ("_jane_@example.com", "_jane_@example.com"),
    ],
)
def test_an_address_is_trimmed_and_lower_case(raw: str, normalized: str) -> None:
    assert normalize_email(raw) == normalized


@pytest.mark.parametrize(
    "raw",
    [
        "jane doe@example.com",
        "mailto:jane@example.com",
        "Jane <jane@example.com>",
        "jane@example.com bob@example.com",
        "jane@example.com;bob@example.com",
        "jane..doe@example.com",
        "jane.@example.com",
        "jane@example..com",
        "jane@example-.com",
        "jane@exa_mple.com",
        "jane@localhost",
        "jane@\u0430pple.com",
        "@",
        "a" * 990 + "@example.com",
    ],
)
def test_what_is_not_one_address_is_dropped(raw: str) -> None:
    assert normalize_email(raw) is None
