"""Properties of the rules that hold for any text."""

import re
import string
from collections.abc import Callable
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain import identity

pytestmark = pytest.mark.thorough

Rule = Callable[[str], tuple[str, ...]]

_TODAY = date(2026, 9, 30)
_HEX = re.compile(r"[0-9a-f]{64}")
_NOTHING = sha256(b"").hexdigest()


def _one(rule: Callable[[str], str | None]) -> Rule:
    def as_tuple(raw: str) -> tuple[str, ...]:
        value = rule(raw)
        return () if value is None else (value,)

    return as_tuple


_IDEMPOTENT: dict[str, Rule] = {
    "email": _one(identity.normalize_email),
    "name": _one(identity.normalize_name),
    "city": lambda raw: identity.normalize_city(raw)[:1],
    "state-us": _one(lambda raw: identity.normalize_state(raw, country="us")),
    "state-au": _one(lambda raw: identity.normalize_state(raw, country="au")),
    "state": _one(lambda raw: identity.normalize_state(raw, country=None)),
    "postcode-us": _one(lambda raw: identity.normalize_postcode(raw, country="us")),
    "postcode-gb": _one(lambda raw: identity.normalize_postcode(raw, country="gb")),
    "country": _one(identity.normalize_country),
    "external-id": _one(identity.normalize_external_id),
    "birth-date": _one(lambda raw: identity.normalize_birth_date(raw, today=_TODAY)),
    "gender": _one(identity.normalize_gender),
}
_RULES: dict[str, Rule] = _IDEMPOTENT | {
    "cities": identity.normalize_city,
    "phone": _one(lambda raw: identity.normalize_phone(raw, region=None)),
    "phone-us": _one(lambda raw: identity.normalize_phone(raw, region="US")),
    "phone-it": _one(lambda raw: identity.normalize_phone(raw, region="IT")),
}
_ALPHABETS = {
    "email": r"[a-z0-9_!#$%&'*+/=?^`{|}~.@-]+",
    "phone-us": r"[0-9]{8,15}",
    "phone-it": r"[0-9]{8,15}",
    "postcode-us": r"[a-z0-9]{3,}",
    "postcode-gb": r"[a-z0-9]{3,}",
    "country": r"[a-z]{2}",
    "birth-date": r"[0-9]{8}",
    "gender": r"[fm]",
}

_SURROGATES = st.characters(categories=["Cs"])
_SEEDS = st.sampled_from(
    [
        *[
            "Jane",
            "O\u2019Connor",
            "n/a",
            "N.A.",
            "none",
            "US-CA",
            "CA",
            "AU-NSW",
            "Île-de-France",
            "São",
        ],
        *[
            "jane@example.com",
            "@",
            ".",
            "-",
            " ",
            "\u200b",
            "\u0301",
            "\u02bb",
            "ß",
            "İ",
            "Σ",
            "\x00",
        ],
        *["+", "00", "011", "(0)", "650", "555", "1212", "0044", "20 7946 0958", "ext 5", "٣", "½"],
        *["94558", "1234", "000", "SW1A 1AA", "1997", "02/", "/16", "F", "Schweiz", "the ", "UK"],
        *[
            "ab" * 32,
            _NOTHING,
            "東京",
            "ー",
            "दि",
            "정",
            "😀",
            "\ud800",
            "ﬁ",
            "\uff21",
            "e\u200b\u0301",
        ],
    ]
)
_TEXT = st.one_of(
    st.text(max_size=40),
    st.lists(_SEEDS, max_size=5).map("".join),
    st.text(st.one_of(_SURROGATES, st.characters(categories=["Cc", "Cf", "Mn", "Sk", "Lm"]))),
)
_quick = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.parametrize("key", _RULES)
@_quick
@given(raw=_TEXT)
def test_no_text_raises_and_every_value_has_a_real_hash(key: str, raw: str) -> None:
    for value in _RULES[key](raw):
        digest = identity.hashed(value)
        assert _HEX.fullmatch(digest)
        assert digest != _NOTHING
        assert _HEX.fullmatch(value) or re.fullmatch(_ALPHABETS.get(key, r".+"), value, re.DOTALL)
        for is_placeholder in (
            identity.is_placeholder_email,
            identity.is_placeholder_phone,
            identity.is_placeholder_name,
        ):
            assert is_placeholder(value) in {True, False}


@pytest.mark.parametrize("key", _IDEMPOTENT)
@_quick
@given(raw=_TEXT)
def test_a_normal_form_is_its_own_normal_form(key: str, raw: str) -> None:
    rule = _IDEMPOTENT[key]
    for value in rule(raw):
        assert rule(value) == (value,)


@_quick
@given(raw=_TEXT)
def test_every_form_of_a_city_is_letters_alone(raw: str) -> None:
    folded, *pixel_forms = identity.normalize_city(raw) or ("",)
    assert not set(folded) & set(string.punctuation + string.whitespace + string.ascii_uppercase)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*", form) for form in pixel_forms)


@pytest.mark.parametrize("key", _RULES)
@_quick
@given(
    raw=st.text(st.sampled_from(string.ascii_letters + "éüçñ0123456789 .'-@+/"), max_size=25),
    blanks=st.text(st.sampled_from(" \t\n\u00a0\u200b\u200e\u202a\u202c\ufeff"), max_size=3),
)
def test_case_and_surrounding_blanks_do_not_matter(key: str, raw: str, blanks: str) -> None:
    rule = _RULES[key]
    assert rule(raw) == rule(f"{blanks}{raw.swapcase()}{blanks}")


@_quick
@given(digits=st.text(string.digits, min_size=7, max_size=12), region=st.sampled_from(["US", "GB"]))
def test_a_phone_number_is_stable_once_it_is_international(digits: str, region: str) -> None:
    phone = identity.normalize_phone(digits, region=region)
    if phone is not None and not identity.is_placeholder_phone(phone):
        assert identity.normalize_phone(f"+{phone}", region=None) in {phone, None}


@_quick
@given(filler=st.sampled_from(["a", "1", "-", " ", "@", ".", "+", "(0)", "\u0301"]))
def test_text_of_any_length_is_handled(filler: str) -> None:
    for rule in _RULES.values():
        assert rule("a@b.c" + filler * 1_000) == ()
        rule(filler * (1_000 // len(filler)))
