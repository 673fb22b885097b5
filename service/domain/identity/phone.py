"""Phone numbers (`ph`)."""

import re
from collections.abc import Iterator

from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    ValidationResult,
    country_code_for_region,
    format_number,
    is_possible_number_with_reason,
    is_valid_number,
    parse,
)

from service.domain.identity.cleaning import ascii_digits, normalized

_SHORTEST, _LONGEST = 8, 15
# From the first digit or plus up to a letter, another plus, or a sign for an extension or pause.
_DIALLED = re.compile(r"[+0-9](?:(?![+#;,*])[\W\d_])*")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_NOT_DIGIT = re.compile(r"[^0-9]+")


def normalize_phone(raw: str, *, region: str | None) -> str | None:
    """Return the digits of the international number (E.164 without `+`), else `None`.

    "Remove symbols, letters, and any leading zeros. Phone numbers must include a country code"
    (Meta: Customer Information Parameters, `ph`). `region` is the ISO-2 upper-case country whose
    national numbers are understood; without it only `+` and `00` numbers pass. A number that
    libphonenumber calls impossible is dropped, never repaired.
    """
    return normalized(raw, lambda text: _phone(text, region))


def _phone(text: str, region: str | None) -> str | None:
    match = _DIALLED.search(ascii_digits(text))
    if match is None:
        return None
    numbers = (_e164(reading, region) for reading in _readings(match[0], region))
    return next(filter(None, numbers), None)


def _readings(dialled: str, region: str | None) -> Iterator[str]:
    """Yield what the dialled text can mean, the likeliest first; libphonenumber judges."""
    if dialled.startswith("+"):
        yield f"+{_digits(dialled)}"
        yield f"+{_digits(_TRUNK_ZERO.sub('', dialled))}"
        return
    digits = _digits(dialled)
    if digits.startswith("00"):
        yield f"+{digits[2:]}"
    if region is not None:
        yield digits
        yield from _without_leading_zeros(digits, str(country_code_for_region(region)))


def _without_leading_zeros(digits: str, country_code: str) -> Iterator[str]:
    significant = digits.lstrip("0")
    if significant != digits and significant.startswith(country_code):
        yield f"+{significant}"


def _digits(dialled: str) -> str:
    return _NOT_DIGIT.sub("", dialled)


def _e164(number: str, region: str | None) -> str | None:
    try:
        parsed = parse(number, region)
    except NumberParseException:
        return None
    if is_possible_number_with_reason(parsed) != ValidationResult.IS_POSSIBLE:
        return None
    # In a few countries numbers do begin with 0; elsewhere it is a trunk prefix left over.
    if parsed.italian_leading_zero and not is_valid_number(parsed):
        return None
    digits = format_number(parsed, PhoneNumberFormat.E164).removeprefix("+")
    return digits if _SHORTEST <= len(digits) <= _LONGEST else None
