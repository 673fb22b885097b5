import pytest

from service.domain.event import Event
from service.domain.mapping import purchase_for
from service.domain.order import Address, Customer, Order
from service.domain.tenant import TenantSettings
from tests.builders import NOW, an_order, some_settings


def purchase_of(order: Order, settings: TenantSettings | None = None) -> Event:
    outcome = purchase_for(order, settings=settings or some_settings(), now=NOW)
    assert isinstance(outcome, Event)
    return outcome


class TestDataUse:
    CALIFORNIAN = Address(state="California", country="US")
    TEXAN = Address(state="TX")

    @pytest.mark.parametrize("where", ["bill_to", "ship_to", "customer"])
    def test_covers_california_in_any_known_address(self, where: str) -> None:
        place = self.CALIFORNIAN
        change = Customer(id="1", address=place) if where == "customer" else place
        data_use = purchase_of(an_order(**{where: change})).data_use

        assert (data_use.limited, data_use.country, data_use.state) == (True, 1, 1000)
        assert data_use.rule == "address in CA"

    def test_covers_other_states_only_when_the_tenant_says_so(self) -> None:
        order = an_order(bill_to=self.TEXAN)

        assert not purchase_of(order).data_use.limited
        data_use = purchase_of(order, some_settings(ldu_other_states=True)).data_use
        assert (data_use.limited, data_use.country, data_use.state) == (True, 1, 1005)

    def test_goes_by_the_bill_to_before_the_ship_to(self) -> None:
        order = an_order(bill_to=self.TEXAN, ship_to=Address(state="CO"))
        assert purchase_of(order, some_settings(ldu_other_states=True)).data_use.state == 1005

    def test_puts_california_first(self) -> None:
        order = an_order(bill_to=self.TEXAN, ship_to=self.CALIFORNIAN)
        assert purchase_of(order, some_settings(ldu_other_states=True)).data_use.state == 1000

    @pytest.mark.parametrize(
        "place", [Address(state="CA", country="AU"), Address(state="Ontario", country="CA")]
    )
    def test_does_not_take_other_countries_for_california(self, place: Address) -> None:
        assert not purchase_of(an_order(bill_to=place)).data_use.limited
