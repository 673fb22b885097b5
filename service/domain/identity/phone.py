"""Phone numbers (`ph`)."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberType,
    ValidationResult,
    country_code_for_region,
    format_number,
    is_possible_number_with_reason,
    is_valid_number,
    number_type,
    parse,
)

from service.domain.identity.cleaning import ascii_digits, normalized

_SHORTEST, _LONGEST = 8, 15
_REPEATED_PLUS = re.compile(r"\+[\s+]*\+")
# From the first digit or plus up to a letter, another plus, or a sign for an extension or pause.
_DIALLED = re.compile(r"[+0-9](?:(?![+#;,*])[\W\d_])*")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_NOT_DIGIT = re.compile(r"[^0-9]+")
# What is dialled before the country code: in most countries, in North America, in parts of Asia.
_PREFIXES_ABROAD = ("00", "011", "001")
_NORTH_AMERICA = frozenset({"US", "CA"})
_NORTH_AMERICAN = re.compile(
    r"(?:(\+?)1[-. ]?)?(?:\(([2-9][0-9]{2})\) ?|([2-9][0-9]{2})[-. ]?)([0-9]{3})[-. ]?([0-9]{4})"
)
# Mexico gave up these prefixes in August 2019 (Instituto Federal de Telecomunicaciones: Plan
# Técnico Fundamental de Numeración); address books still have them.
_OLD_MEXICAN = re.compile(r"521([0-9]{10})")
_OLD_MEXICAN_AT_HOME = re.compile(r"(?:044|045|01|1)([0-9]{10})")


def normalize_phone(raw: str, *, region: str | None) -> str | None:
    """Return the digits of the international number (E.164 without `+`), else `None`.

    "Remove symbols, letters, and any leading zeros. Phone numbers must include a country code"
    (Meta: Customer Information Parameters, `ph`). `region` is the ISO-2 upper-case country whose
    national numbers are understood; without it only numbers with `+`, `00` or `011` pass. Of what
    the text can mean, a number that exists is preferred; one that libphonenumber calls impossible
    is dropped, never repaired.
    """
    return _north_american(raw, region) or normalized(raw, lambda text: _phone(text, region))


def _north_american(text: str, region: str | None) -> str | None:
    """Return a number of ten digits that is written as in North America; `None` for any other.

    It is what `_phone` returns, in a fraction of its time: such a text has one reading, and
    libphonenumber calls ten digits possible there, whether the number exists or not.
    """
    match = _NORTH_AMERICAN.fullmatch(text)
    if match is None:
        return None
    plus, in_brackets, area, office, line = match.groups()
    is_one = plus or region in _NORTH_AMERICA
    return f"1{in_brackets or area}{office}{line}" if is_one else None


def _phone(text: str, region: str | None) -> str | None:
    match = _DIALLED.search(_REPEATED_PLUS.sub("+", ascii_digits(text)))
    if match is None:
        return None
    readings = list(_numbers(_readings(match[0], region), region))
    guesses = _numbers(_guesses(match[0], region), None)
    existing = filter(is_valid_number, chain(readings, guesses))
    # German and Austrian fixed lines have any length: `49 151 12345678` could be one, too.
    likeliest = sorted(existing, key=_is_fixed_line)
    return next((_e164(number) for number in (*likeliest, *readings)), None)


def _readings(dialled: str, region: str | None) -> Iterator[str]:
    """Yield what the dialled text says, the likeliest first; libphonenumber judges."""
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


def _guesses(dialled: str, region: str | None) -> Iterator[str]:
    """Yield international numbers that the text may mean, which count only if they exist."""
    digits = _digits(dialled)
    country_code = str(country_code_for_region(region or ""))
    has_code = dialled.startswith("+") or digits.startswith(country_code)
    abroad = [digits.removeprefix(each) for each in _PREFIXES_ABROAD if digits.startswith(each)]
    for number in [digits, *abroad] if has_code else abroad:
        yield f"+{number}"
        if match := _OLD_MEXICAN.fullmatch(number):
            yield f"+52{match[1]}"
    if region == "MX" and (match := _OLD_MEXICAN_AT_HOME.fullmatch(digits)):
        yield f"+52{match[1]}"


def _digits(dialled: str) -> str:
    return _NOT_DIGIT.sub("", dialled)


def _numbers(readings: Iterable[str], region: str | None) -> Iterator[PhoneNumber]:
    """Yield the readings that are possible numbers."""
    for reading in readings:
        try:
            number = parse(reading, region)
        except NumberParseException:
            continue
        if _is_possible(number):
            yield number


def _is_possible(number: PhoneNumber) -> bool:
    if is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return False
    # In a few countries numbers do begin with 0; elsewhere it is a trunk prefix left over.
    if number.italian_leading_zero and not is_valid_number(number):
        return False
    return _SHORTEST <= len(_e164(number)) <= _LONGEST


def _is_fixed_line(number: PhoneNumber) -> bool:
    return number_type(number) == PhoneNumberType.FIXED_LINE


def _e164(number: PhoneNumber) -> str:
    return format_number(number, PhoneNumberFormat.E164).removeprefix("+")
