"""The identity of an event's person, every personal value hashed.

It is taken from the bill-to address and the customer record only. The ship-to may be that of a
gift's recipient, a person who never chose to deal with the winery.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address
from itertools import islice

from service.domain import identity as rules
from service.domain.events.event import Identity
from service.domain.shop.person import Address, ClientInfo, Customer, Person

_LONGEST_USER_AGENT = 1000
# More values of one key than this come from a merged record, not from one person.
_MOST_VALUES = 10


def identify(person: Person, *, is_seen_online: bool) -> Identity:
    """Return the identity that is sent to Meta, every personal value hashed.

    The IP address and browser count only if the person `is_seen_online`: otherwise they are a
    till's or a staff member's.
    """
    known = person.customer
    customer = Customer() if _is_placeholder(known.address) else known
    bill_to = Address() if _is_placeholder(person.bill_to) else person.bill_to
    addresses = (bill_to, customer.address)
    countries = [_country(address) for address in addresses]
    known_country = next((country for country in countries if country), None)
    placed = [(address, _country(address) or known_country) for address in addresses]
    ip, user_agent = _browser(person.connection if is_seen_online else ClientInfo())
    return Identity(
        hashed_emails=_hashed(real_email(raw) for raw in customer.emails),
        hashed_phones=_hashed(
            [_real_phone(address.phone, country) for address, country in placed]
            + [_real_phone(raw, known_country) for raw in customer.phones]
        ),
        hashed_first_names=_hashed(_name(address.first_name) for address in addresses),
        hashed_last_names=_hashed(_name(address.last_name) for address in addresses),
        hashed_cities=_hashed(
            city for address in addresses for city in rules.normalize_city(address.city or "")
        ),
        hashed_states=_hashed(
            rules.normalize_state(address.state or "", country=country)
            for address, country in placed
        ),
        hashed_postcodes=_hashed(
            rules.normalize_postcode(address.postcode or "", country=country)
            for address, country in placed
        ),
        hashed_countries=_hashed(countries),
        hashed_external_ids=_hashed([rules.normalize_external_id(customer.id or "")]),
        ip=ip,
        user_agent=user_agent,
    )


def real_email(raw: str) -> str | None:
    """Return the normalised address, or `None` if it is invalid or a placeholder."""
    email = rules.normalize_email(raw)
    return None if email is None or rules.is_placeholder_email(email) else email


def public_ip(raw: str | None) -> str | None:
    """Return a public IP address in its shortest form, or `None` for any other.

    IPv4 inside IPv6 (`::ffff:`) is unwrapped. A till's or an office's private address says
    nothing about the shopper (Meta: Customer Information Parameters, `client_ip_address`).
    """
    try:
        address = ip_address((raw or "").strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address) if address.is_global and not address.is_multicast else None


def _browser(seen: ClientInfo) -> tuple[str | None, str | None]:
    user_agent = " ".join((seen.user_agent or "").split())[:_LONGEST_USER_AGENT]
    return public_ip(seen.ip), user_agent or None


def _is_placeholder(person: Address) -> bool:
    """Tell whether the name is a placeholder; many strangers share such a record."""
    first_name = _name(person.first_name) or ""
    whole_name = first_name + (_name(person.last_name) or "")
    return rules.is_placeholder_name(first_name) or rules.is_placeholder_name(whole_name)


def _country(person: Address) -> str | None:
    return rules.normalize_country(person.country or "")


def _name(raw: str | None) -> str | None:
    return rules.normalize_name(raw or "")


def _real_phone(raw: str | None, country: str | None) -> str | None:
    phone = rules.normalize_phone(raw or "", region=country.upper() if country else None)
    return None if phone is None or rules.is_placeholder_phone(phone) else phone


def _hashed(values: Iterable[str | None]) -> tuple[str, ...]:
    distinct = dict.fromkeys(value for value in values if value)
    return tuple(rules.hashed(value) for value in islice(distinct, _MOST_VALUES))
