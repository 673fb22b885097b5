import pytest

from service.domain.events.own_customer import is_own_customer
from service.domain.shop.person import Address, Customer, Person

DOMAINS = ("shop.ridge-winery.com", "www.ridge-winery.com")


def is_own(*emails: str, first: str | None = None, last: str | None = None) -> bool:
    address = Address(first_name=first, last_name=last)
    person = Person(customer=Customer(emails=emails, address=address))
    return is_own_customer(person, domains=DOMAINS, name="Fictional Ridge Winery")


def is_at(email: str, shop: str) -> bool:
    person = Person(customer=Customer(emails=(email,)))
    return is_own_customer(person, domains=(shop,), name=None)


class TestTheWinerysOwn:
    @pytest.mark.parametrize(
        "email",
        [
            "jane@ridge-winery.com",
            "tastingroom@shop.ridge-winery.com",
            "Tasting.Room@RIDGE-winery.com",
            "wine-club@ridge-winery.com",
            "jane@mail.ridge-winery.com",
            "o&#39;neil@ridge-winery.com",
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
            "jane@com",
            "casey@ridge-winery.com.example.com",
            "not an address",
        ],
    )
    def test_has_no_address_of_another_domain(self, email: str) -> None:
        assert not is_own(email)

    def test_has_no_private_address_beside_it(self) -> None:
        assert not is_own("jane@ridge-winery.com", "jane@example.com")
        assert not is_own()

    @pytest.mark.parametrize("shop", ["www", "shop", "a.b", "wine-club.store"])
    def test_is_a_colleague_whichever_host_the_shop_has(self, shop: str) -> None:
        assert is_at("kim@ridge-winery.co.uk", f"{shop}.ridge-winery.co.uk")
        assert is_at("kim@ridge-winery.co.uk", f"{shop}.Ridge-Winery.co.uk".upper())
        assert not is_at("kim@other-winery.co.uk", f"{shop}.ridge-winery.co.uk")

    @pytest.mark.parametrize("email", ["kim@château-exemple.fr", "Kim@CHÂTEAU-exemple.fr"])
    def test_writes_its_domain_with_or_without_accents(self, email: str) -> None:
        host = email.rpartition("@")[2]
        in_ascii = host.encode("idna").decode()
        for shop in (f"www.{host}", f"shop.{in_ascii}"):
            assert is_at(email, shop)
            assert is_at(f"kim@{in_ascii}", shop)
            assert not is_at("kim@chateau-exemple.fr", shop)

    @pytest.mark.parametrize(
        ("email", "shop"),
        [
            ("kim@gmail.com", "gmail.com"),
            ("info@gmail.com", "shop.gmail.com"),
            ("kim@yahoo.co.uk", "www.yahoo.co.uk"),
            ("kim@comcast.net", "ridge.comcast.net"),
            ("kim@other.myshopify.com", "ridge.myshopify.com"),
            ("info@myshopify.com", "ridge.myshopify.com"),
            ("info@co.uk", "ridge.co.uk"),
        ],
    )
    def test_is_no_stranger_at_the_same_provider(self, email: str, shop: str) -> None:
        assert not is_at(email, shop)

    @pytest.mark.parametrize("college", ["college.edu", "college.ac.uk", "college.edu.au"])
    def test_is_no_student_of_its_university(self, college: str) -> None:
        assert not is_at(f"kim@{college}", f"wine.{college}")
        assert not is_at(f"kim@law.{college}", f"wine.{college}")
        assert is_at(f"kim@wine.{college}", f"www.wine.{college}")
        assert is_at(f"info@{college}", f"wine.{college}")

    def test_bears_its_name(self) -> None:
        assert is_own("casey@example.com", first="Fictional Ridge", last="Winery")
        assert is_own(first="FICTIONAL-RIDGE", last="winery")
        assert not is_own(first="Fictional", last="Ridge")

    def test_is_not_recognised_while_the_shop_is_unknown(self) -> None:
        person = Person(customer=Customer(emails=("casey@example.com",)))
        assert not is_own_customer(person, domains=(), name=None)
        assert not is_own_customer(Person(), domains=(), name="")
