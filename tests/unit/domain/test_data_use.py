import pytest

from service.domain.data_use import data_use_for
from service.domain.person import Address

COLORADO, TEXAS = Address(state="CO"), Address(state="TX")


class TestDataUseFor:
    @pytest.mark.parametrize(
        ("state", "code"),
        [
            *[("CA", 1000), ("CO", 1001), ("CT", 1002), ("FL", 1003), ("OR", 1004)],
            *[("TX", 1005), ("MT", 1006), ("DE", 1007), ("NE", 1008), ("NH", 1009)],
            *[("NJ", 1010), ("MN", 1011), ("MD", 1012), ("RI", 1013)],
        ],
    )
    def test_has_metas_code_of_each_state(self, state: str, code: int) -> None:
        data_use = data_use_for([Address(state=state)], other_states=True)
        assert (data_use.limited, data_use.country, data_use.state) == (True, 1, code)
        assert data_use.rule == f"address in {state}"

    def test_goes_by_the_best_known_address(self) -> None:
        assert data_use_for([TEXAS, COLORADO], other_states=True).state == 1005
        assert data_use_for([COLORADO, TEXAS], other_states=True).state == 1001

    def test_leaves_a_state_alone_that_meta_does_not_list(self) -> None:
        assert not data_use_for([Address(state="OH")], other_states=True).limited
