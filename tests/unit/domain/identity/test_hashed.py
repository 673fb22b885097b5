from hashlib import sha256

import pytest

from service.domain import identity

_HASH = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"
_HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_hashes_the_documented_phone_number() -> None:
    assert identity.hashed("16505551212") == _HASH


def test_hashes_utf8() -> None:
    assert identity.hashed("정") == sha256("정".encode()).hexdigest()


@pytest.mark.parametrize("existing", [_HASH, _HASH.upper()])
def test_a_hash_is_not_hashed_twice(existing: str) -> None:
    assert identity.hashed(existing) == _HASH


@pytest.mark.parametrize("almost", [_HASH[:-1], _HASH + "0", _HASH + "\n", "g" + _HASH[1:]])
def test_what_is_no_hash_is_hashed(almost: str) -> None:
    assert identity.hashed(almost) == sha256(almost.encode()).hexdigest()


@pytest.mark.parametrize("nothing", ["", " ", "\n", _HASH_OF_NOTHING, _HASH_OF_NOTHING.upper()])
def test_refuses_to_hash_nothing(nothing: str) -> None:
    with pytest.raises(ValueError, match="no value"):
        identity.hashed(nothing)


def test_a_lone_surrogate_has_a_hash() -> None:
    assert len(identity.hashed("\ud800")) == 64


@pytest.mark.parametrize("raw", [_HASH_OF_NOTHING, f" {_HASH_OF_NOTHING.upper()} "])
def test_the_hash_of_nothing_never_passes_as_one(raw: str) -> None:
    assert identity.normalize_phone(raw, region="US") is None
    assert identity.normalize_name(raw) is None
    assert identity.normalize_city(raw) == ()
    assert identity.normalize_postcode(raw, country="us") is None
    assert identity.normalize_external_id(raw) is None
