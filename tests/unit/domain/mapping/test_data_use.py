import pytest

from service.domain.events.event import Event
from service.domain.shop.order import Order
from service.domain.shop.person import Address, Customer
from service.domain.tenants.tenant import TenantSettings
from tests.builders import an_order, outcome_of, some_settings


def purchase_of(order: Order, settings: TenantSettings | None = None) -> Event:
    outcome = outcome_of(order, settings)
    assert isinstance(outcome, Event)
    return outcome


class TestDataUse:
    CALIFORNIAN = Address(state="California", country="US")
    TEXAN = Address(state="TX")

    @pytest.mark.parametrize("where", ["bill_to", "elsewhere", "customer"])
    def test_covers_california_in_any_known_address(self, where: str) -> None:
        place = self.CALIFORNIAN
        change = {
            "bill_to": place,
            "elsewhere": (place,),
            "customer": Customer(id="1", address=place),
        }
        data_use = purchase_of(an_order(**{where: change[where]})).data_use

        assert (data_use.limited, data_use.country, data_use.state) == (True, 1, 1000)
        assert data_use.rule == "address in CA"

    def test_covers_other_states_only_when_the_tenant_says_so(self) -> None:
        order = an_order(bill_to=self.TEXAN)

        assert not purchase_of(order).data_use.limited
        data_use = purchase_of(order, some_settings(ldu_other_states=True)).data_use
        assert (data_use.limited, data_use.country, data_use.state) == (True, 1, 1005)

    def test_goes_by_the_bill_to_before_the_ship_to(self) -> None:
        order = an_order(bill_to=self.TEXAN, elsewhere=(Address(state="CO"),))
        assert purchase_of(order, some_settings(ldu_other_states=True)).data_use.state == 1005

    def test_puts_california_first(self) -> None:
        order = an_order(bill_to=self.TEXAN, elsewhere=(self.CALIFORNIAN,))
        assert purchase_of(order, some_settings(ldu_other_states=True)).data_use.state == 1000

    @pytest.mark.parametrize(
        "place", [Address(state="CA", country="AU"), Address(state="Ontario", country="CA")]
    )
    def test_does_not_take_other_countries_for_california(self, place: Address) -> None:
        assert not purchase_of(an_order(bill_to=place)).data_use.limited
