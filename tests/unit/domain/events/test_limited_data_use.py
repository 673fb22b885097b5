import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.events.limited_data_use import data_use_for, is_data_use_known
from service.domain.shop.person import Address

STATES = {
    "California": ("CA", "Calif.", 1000),
    "Colorado": ("CO", "Colo.", 1001),
    "Connecticut": ("CT", "Conn.", 1002),
    "Florida": ("FL", "Fla.", 1003),
    "Oregon": ("OR", "Oreg.", 1004),
    "Texas": ("TX", "Tex.", 1005),
    "Montana": ("MT", "Mont.", 1006),
    "Delaware": ("DE", "Del.", 1007),
    "Nebraska": ("NE", "Nebr.", 1008),
    "New Hampshire": ("NH", "N. H.", 1009),
    "New Jersey": ("NJ", "N.J.", 1010),
    "Minnesota": ("MN", "Minn.", 1011),
    "Maryland": ("MD", "M. D.", 1012),
    "Rhode Island": ("RI", "R. I.", 1013),
}
SPELLINGS = [
    "{code}",
    "{name}",
    "{short}",
    " {name}\t",
    "{code}.",
    "US-{code}",
    "{name} ({code})",
    "{code} - {name}",
    "{code} 94558-0001",
    "{name}, USA",
    "{name}, United States of America",
    "State of {name}",
    "\u200b{name}",
    "Springfield, {code}",
]
CASES = {"upper": str.upper, "lower": str.lower, "title": str.title}
COLORADO, TEXAS = Address(state="CO"), Address(state="TX")


class TestDataUseFor:
    @given(
        name=st.sampled_from(sorted(STATES)),
        spelling=st.sampled_from(SPELLINGS),
        case=st.sampled_from(sorted(CASES)),
        country=st.sampled_from([None, "US", "United States", "usa", "?"]),
    )
    def test_knows_each_state_however_it_is_spelled(
        self, name: str, spelling: str, case: str, country: str | None
    ) -> None:
        code, short, number = STATES[name]
        state = CASES[case](spelling.format(name=name, code=code, short=short))
        address = Address(state=state, country=country)
        data_use = data_use_for([address], other_states=True)
        assert (data_use.limited, data_use.country, data_use.state) == (True, 1, number)
        assert data_use.rule == f"address in {code}"
        assert data_use_for([address], other_states=False).limited is (code == "CA")

    def test_goes_by_the_best_known_address(self) -> None:
        assert data_use_for([TEXAS, COLORADO], other_states=True).state == 1005
        assert data_use_for([COLORADO, TEXAS], other_states=True).state == 1001

    @pytest.mark.parametrize(
        "address",
        [
            Address(state="OH"),
            Address(state="Baja California", country="MX"),
            Address(state="Baja California"),
            Address(state="CA", country="IT"),
            Address(state="Oregon City"),
            Address(city="California", country="US"),
        ],
    )
    def test_is_not_limited_for_any_other_place(self, address: Address) -> None:
        assert not data_use_for([address], other_states=True).limited

    @pytest.mark.parametrize(
        "address",
        [
            Address(postcode="90001"),
            Address(postcode="94558-0001", country="USA"),
            Address(postcode="96162", country="US"),
            Address(postcode=" 94558 ", state="n/a", country="United States"),
            Address(postcode="945581234", state=""),
            Address(postcode="CA 94558", country="US"),
            Address(postcode="94558", state="Napa County", country="US"),
        ],
    )
    def test_knows_california_by_its_zip_codes(self, address: Address) -> None:
        data_use = data_use_for([address], other_states=False)
        assert (data_use.state, data_use.rule) == (1000, "address in CA")

    @pytest.mark.parametrize(
        "address",
        [
            Address(postcode="94558", state="OH", country="US"),
            Address(postcode="94558", country="DE"),
            Address(postcode="94558", state="Bayern"),
            Address(postcode="89999"),
            Address(postcode="96201"),
            Address(postcode="9455"),
            Address(postcode="9455812"),
        ],
    )
    def test_does_not_take_other_codes_for_californian_ones(self, address: Address) -> None:
        assert not data_use_for([address], other_states=True).limited


class TestIsDataUseKnown:
    @pytest.mark.parametrize(
        "address",
        [Address(state="OH"), Address(postcode="44101"), Address(country="Canada")],
    )
    def test_is_true_where_an_address_decides(self, address: Address) -> None:
        assert is_data_use_known([Address(), address])

    @pytest.mark.parametrize(
        "address",
        [
            Address(city="Napa", country="US"),
            Address(country="nowhere"),
            Address(state="n/a", postcode="00000", country="US"),
            Address(state="XX"),
        ],
    )
    def test_is_false_where_none_does(self, address: Address) -> None:
        assert not is_data_use_known([Address(), address])
        assert not is_data_use_known([])
