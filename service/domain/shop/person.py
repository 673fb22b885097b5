"""The person of a signal, as typed: raw personal data, kept only while its request is handled."""

from datetime import datetime

from msgspec import Struct


class Personal(Struct, frozen=True, kw_only=True):
    """Facts about a person; without a `repr`, so that no traceback or log can print them."""

    __repr__ = object.__repr__


class Address(Personal, frozen=True, kw_only=True):
    """A person's name, phone and place as typed; every part may be missing."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = None


class ClubMembership(Struct, frozen=True, kw_only=True):
    """A club membership in the customer's record: its id, and its end in UTC, perhaps ahead."""

    id: str
    cancelled_at: datetime | None


class Customer(Personal, frozen=True, kw_only=True):
    """The shop's record of the person; the best e-mail address and phone number first.

    `memberships` are those of all times.
    """

    id: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    address: Address = Address()
    memberships: tuple[ClubMembership, ...] = ()


class ClientInfo(Personal, frozen=True, kw_only=True):
    """The IP address and browser that made an object, perhaps a staff member's or a till's.

    `browser_id` is Meta's (`_fbp`), where the shop's theme wrote it into the object.
    """

    ip: str | None = None
    user_agent: str | None = None
    browser_id: str | None = None


class Person(Personal, frozen=True, kw_only=True):
    """Everything known of the person who acted.

    The identity is taken from `customer` and `bill_to`. `elsewhere` are addresses that may be
    another person's, such as a gift's recipient: they only decide which state's law applies.
    """

    customer: Customer = Customer()
    bill_to: Address = Address()
    elsewhere: tuple[Address, ...] = ()
    connection: ClientInfo = ClientInfo()
