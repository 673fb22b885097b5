import pytest

from service.domain.events.own_customer import is_own_customer
from service.domain.shop.person import Address, Customer, Person

DOMAINS = ("shop.ridge-winery.com", "www.ridge-winery.com")


def is_own(*emails: str, first: str | None = None, last: str | None = None) -> bool:
    address = Address(first_name=first, last_name=last)
    person = Person(customer=Customer(emails=emails, address=address))
    return is_own_customer(person, domains=DOMAINS, name="Fictional Ridge Winery")


class TestTheWinerysOwn:
    @pytest.mark.parametrize(
        "email",
        [
            "jane@ridge-winery.com",
            "tastingroom@shop.ridge-winery.com",
            "Tasting.Room@RIDGE-winery.com",
            "wine-club@ridge-winery.com",
        ],
    )
    def test_is_reached_at_its_own_domain(self, email: str) -> None:
        assert is_own(email)

    @pytest.mark.parametrize(
        "email",
        [
            "casey@example.com",
            "tastingroom@example.com",
            "casey@notridge-winery.com",
            "casey@ridge-winery.com.example.com",
            "not an address",
        ],
    )
    def test_has_no_address_of_another_domain(self, email: str) -> None:
        assert not is_own(email)

    def test_has_no_private_address_beside_it(self) -> None:
        assert not is_own("jane@ridge-winery.com", "jane@example.com")
        assert not is_own()

    def test_is_a_shared_mailbox_above_the_shops_domain_but_no_colleague_there(self) -> None:
        def above(email: str) -> bool:
            person = Person(customer=Customer(emails=(email,)))
            return is_own_customer(person, domains=("shop.ridge.com",), name=None)

        assert above("info@ridge.com")
        assert above("jane@shop.ridge.com")
        assert not above("jane@ridge.com")
        assert not above("info@com")

    def test_bears_its_name(self) -> None:
        assert is_own("casey@example.com", first="Fictional Ridge", last="Winery")
        assert is_own(first="FICTIONAL-RIDGE", last="winery")
        assert not is_own(first="Fictional", last="Ridge")

    def test_is_not_recognised_while_the_shop_is_unknown(self) -> None:
        person = Person(customer=Customer(emails=("casey@example.com",)))
        assert not is_own_customer(person, domains=(), name=None)
        assert not is_own_customer(Person(), domains=(), name="")
