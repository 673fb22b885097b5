"""Invented people: example.com mailboxes, 555-01xx phones, streets that do not exist."""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

_FIRST_NAMES = ("Sam", "Kim", "Noor", "Jules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person who buys wine, or is sent some.

    `ip` is a public address, because shoppers come from public ones and Meta refuses others.
    """

    first_name: str
    last_name: str
    email: str
    phone: str
    address: str
    city: str
    state: str
    zip_code: str
    ip: str
    country: str = "US"

    @property
    def customer_id(self) -> str:
        """The id of the customer's record; the same at every purchase and after a restart."""
        return str(uuid5(NAMESPACE_URL, f"sandbox:customer:{self.email}"))

    @property
    def address_id(self) -> str:
        """The id of the person's own entry in an address book; as stable as the customer's id."""
        return str(uuid5(NAMESPACE_URL, f"sandbox:address:{self.email}"))


BUYERS = (
    Person(
        first_name="Avery",
        last_name="Sample",
        email="avery.sample@example.com",
        phone="+15035550142",
        address="100 Example Street",
        city="Portland",
        state="OR",
        zip_code="97205",
        ip="8.8.4.25",
    ),
    Person(
        first_name="Jordan",
        last_name="Fixture",
        email="jordan.fixture@example.com",
        phone="+12065550117",
        address="21 Placeholder Avenue",
        city="Seattle",
        state="WA",
        zip_code="98101",
        ip="8.8.4.26",
    ),
    Person(
        first_name="Noël",
        last_name="O'Example",
        email="noel.oexample@example.com",
        phone="+12125550133",
        address="3 Invented Square",
        city="New York",
        state="NY",
        zip_code="10001",
        ip="2001:4860:4860::8844",
    ),
    Person(
        first_name="Riley",
        last_name="Mock-Testwood",
        email="riley.mock-testwood@example.com",
        phone="+16175550150",
        address="44 Imaginary Lane",
        city="Boston",
        state="MA",
        zip_code="02110",
        ip="8.8.4.28",
    ),
)
"""The usual buyers, in turn; none of them lives in California."""

CALIFORNIAN = Person(
    first_name="Casey",
    last_name="Goldenstate",
    email="casey.goldenstate@example.com",
    phone="+17075550101",
    address="7 Example Vineyard Road",
    city="St. Helena",
    state="CA",
    zip_code="94574",
    ip="8.8.4.29",
)
"""A person whose data California's law protects."""

GIFT_RECIPIENT = Person(
    first_name="Robin",
    last_name="Giftee",
    email="robin.giftee@example.com",
    phone="+18085550108",
    address="8 Present Way",
    city="Honolulu",
    state="HI",
    zip_code="96813",
    ip="8.8.4.30",
)
"""A person who is sent a gift and has bought nothing: their data must never reach Meta."""

TASTING_ROOM = Person(
    first_name="Tasting",
    last_name="Room",
    email="tastingroom@shop.example.com",
    phone="+17075550100",
    address="200 Example Road",
    city="Exampleville",
    state="CA",
    zip_code="94599",
    ip="8.8.4.200",
)
"""The winery's own customer record, on which its tills book buyers who give no name."""

EVERYBODY = (*BUYERS, CALIFORNIAN, GIFT_RECIPIENT, TASTING_ROOM)


def newcomer(token: str) -> Person:
    """Return a person new to the shop; `token` is hexadecimal and different for each."""
    number = int(token, 16)
    return Person(
        first_name=_FIRST_NAMES[number % len(_FIRST_NAMES)],
        last_name="Newcomer",
        email=f"newcomer.{token}@example.com",
        phone=f"+1541555{100 + number % 100:04}",
        address="5 Fresh Start Road",
        city="Eugene",
        state="OR",
        zip_code="97401",
        ip="8.8.4.31",
    )
