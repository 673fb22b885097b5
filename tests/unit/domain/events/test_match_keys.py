import pytest

from service.domain.events.event import Identity
from service.domain.events.match_keys import is_matchable, match_keys

PLACE = {
    "hashed_cities": ("c",),
    "hashed_countries": ("u",),
    "hashed_states": ("s",),
    "hashed_postcodes": ("z",),
    "user_agent": "Mozilla/5.0",
}


class TestIsMatchable:
    @pytest.mark.parametrize(
        "identity",
        [
            Identity(),
            Identity(**PLACE),  # type: ignore[arg-type] # fields by their names
            Identity(hashed_first_names=("f",)),
            Identity(hashed_last_names=("l",)),
        ],
    )
    def test_is_false_where_meta_would_refuse(self, identity: Identity) -> None:
        assert not is_matchable(identity)

    @pytest.mark.parametrize(
        "identity",
        [
            Identity(hashed_emails=("e",)),
            Identity(hashed_phones=("p",)),
            Identity(hashed_external_ids=("x",)),
            Identity(ip="8.8.4.25"),
            Identity(fbp="fb.1.1.p"),
            Identity(hashed_first_names=("f",), hashed_last_names=("l",)),
            Identity(hashed_first_names=("f",), hashed_cities=("c",)),
        ],
    )
    def test_is_true_for_one_key_more(self, identity: Identity) -> None:
        assert is_matchable(identity)


class TestMatchKeys:
    def test_are_words_of_what_is_there(self) -> None:
        assert match_keys(Identity(hashed_emails=("e",), ip="8.8.4.25")) == ("email", "IP address")
