import pytest

from service.domain.identity import (
    hashed,
    is_placeholder_email,
    is_placeholder_last_name,
    is_placeholder_name,
    is_placeholder_phone,
    normalize_email,
    normalize_name,
    normalize_phone,
)


@pytest.mark.parametrize(
    "raw",
    [
        *["noemail@gmail.com", "No-Email@winery.com", "no_email.2@x.com", "none@none.com"],
        *["na@na.com", "guest@winery.com", "walk-in@winery.com", "anonymous@winery.com"],
        *["jane@winery.invalid", "x@y.localhost", "pos@localhost.localdomain", "1@noemail.com"],
        *["xxx@xxx.com", "aaaa@gmail.com", "not.provided@x.com", "declined@x.com", "kim@none.com"],
    ],
)
def test_a_placeholder_address(raw: str) -> None:
    email = normalize_email(raw)
    assert email is not None
    assert is_placeholder_email(email)


@pytest.mark.parametrize(
    "raw",
    [
        *["test@test.com", "jane@example.com", "nora@gmail.com", "nan@gmail.com"],
        *["guestjane@gmail.com", "jane@guesthouse.com", "na.kim@gmail.com", "na7@gmail.com"],
        *["noemi@gmail.com", "jane@invalid.com", "a@walkin.com"],
    ],
)
def test_a_real_address(raw: str) -> None:
    email = normalize_email(raw)
    assert email is not None
    assert not is_placeholder_email(email)


@pytest.mark.parametrize(
    "raw",
    [
        *["555-555-5555", "+1 111 111 1111", "222 222 2222", "1234567890", "(707) 000-0000"],
        *["555-123-4567", "+61 400 000 000", "9876543210"],
    ],
)
def test_a_placeholder_number(raw: str) -> None:
    phone = normalize_phone(raw, region="US")
    assert phone is not None
    assert is_placeholder_phone(phone)


@pytest.mark.parametrize("digits", ["0000000000", "1111111111", "1234567890", "0123456789"])
def test_a_placeholder_number_without_a_country_code(digits: str) -> None:
    assert is_placeholder_phone(digits)


@pytest.mark.parametrize("digits", ["16505551212", "14251234567", "12345678901", "17075555555"])
def test_a_real_number(digits: str) -> None:
    assert not is_placeholder_phone(digits)


@pytest.mark.parametrize(
    "raw",
    [
        *["Guest", "GUEST 2", "Walk-In", "walk in customer", "Cash Sale", "Tasting Room", "Nobody"],
        *["Test", "First Name", "Valued Customer", "aaa", "007", "Invité", "Laufkundschaft"],
    ],
)
def test_a_placeholder_name(raw: str) -> None:
    name = normalize_name(raw)
    assert name is not None
    assert is_placeholder_name(name)


@pytest.mark.parametrize("raw", ["Cash", "Gustav", "Walker", "Noname2k Smith", "Mary1", "정"])
def test_a_real_name(raw: str) -> None:
    name = normalize_name(raw)
    assert name is not None
    assert not is_placeholder_name(name)


def test_a_hash_is_no_placeholder() -> None:
    digest = hashed("guest")
    assert not is_placeholder_email(digest)
    assert not is_placeholder_phone(digest)
    assert not is_placeholder_name(digest)


def test_a_placeholder_for_a_last_name() -> None:
    for raw in ("Walk-In", "Customer", "Last Name", "aaa"):
        assert is_placeholder_last_name(normalize_name(raw) or "")
    for raw in ("Guest", "Test", "Gast", "Sample", "Lee"):
        assert not is_placeholder_last_name(normalize_name(raw) or "")
