"""The identity of an event's person, every personal value hashed.

It is taken from the bill-to address and the customer record only. The ship-to may be that of a
gift's recipient, a person who never chose to deal with the winery.
"""

from collections.abc import Iterable
from itertools import islice

from service.domain import identity as rules
from service.domain.events.event import Identity
from service.domain.shop.person import Address, ClientInfo, Customer, Person

_LONGEST_USER_AGENT = 1000
# More values of one key than this come from a merged record, not from one person.
_MOST_VALUES = 10


def identify(person: Person, *, is_seen_online: bool) -> Identity:
    """Return the identity that is sent to Meta, every personal value hashed.

    A placeholder (`Guest`, `noemail@`) is left out, and the rest of the person is kept. The IP
    address and browser count only if the person `is_seen_online`: otherwise they are a till's or a
    staff member's.
    """
    known_country = _known_country(person)
    is_shared = _is_shared(person.customer, known_country)
    customer = Customer() if is_shared else person.customer
    addresses = (person.bill_to, customer.address)
    placed = [(address, _country(address) or known_country) for address in addresses]
    names = [_names(address) for address in addresses]
    ip, user_agent = _browser(person.connection if is_seen_online else ClientInfo())
    return Identity(
        hashed_emails=_hashed(map(real_email, customer.emails)),
        hashed_phones=_hashed(
            [_real_phone(address.phone, country) for address, country in placed]
            + [_real_phone(raw, known_country) for raw in customer.phones]
        ),
        hashed_first_names=_hashed(first for first, _ in names),
        hashed_last_names=_hashed(last for _, last in names),
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
        hashed_countries=_hashed(map(_country, addresses)),
        hashed_external_ids=_hashed([rules.normalize_external_id(customer.id or "")]),
        ip=ip,
        user_agent=user_agent,
    )


def real_email(raw: str) -> str | None:
    """Return the normalised address, or `None` if it is invalid or a placeholder."""
    email = rules.normalize_email(raw)
    return None if email is None or rules.is_placeholder_email(email) else email


def _browser(seen: ClientInfo) -> tuple[str | None, str | None]:
    user_agent = " ".join((seen.user_agent or "").split())[:_LONGEST_USER_AGENT]
    return rules.public_ip(seen.ip), user_agent or None


def _is_shared(customer: Customer, country: str | None) -> bool:
    """Tell whether the record is a till's, booked on for many strangers.

    It has a placeholder for a name, or for a contact and no name, and no contact of its own. Its
    id and its place would merge the strangers into one person.
    """
    address = customer.address
    phones = (address.phone, *customer.phones)
    if any(map(real_email, customer.emails)) or any(_real_phone(raw, country) for raw in phones):
        return False
    first, last = _names(address)
    is_named = bool(first or (last and not _is_typed(address.first_name)))
    texts = (address.first_name, address.last_name, *customer.emails, *phones)
    return not is_named and any(map(_is_typed, texts))


def _is_typed(raw: str | None) -> bool:
    return bool(raw and raw.strip())


def _known_country(person: Person) -> str | None:
    countries = map(_country, (person.bill_to, person.customer.address))
    return next(filter(None, countries), None)


def _country(person: Address) -> str | None:
    return rules.normalize_country(person.country or "")


def _names(person: Address) -> tuple[str | None, str | None]:
    """Return the first and the last name without placeholders."""
    first, last = _name(person.first_name), _name(person.last_name)
    whole = (first or "") + (last or "")
    if not whole or rules.is_placeholder_name(whole):  # `Walk` and `In`
        return None, None
    if first is None or rules.is_placeholder_name(first):
        return None, None if last and rules.is_placeholder_name(last) else last
    return first, None if last and rules.is_placeholder_last_name(last) else last


def _name(raw: str | None) -> str | None:
    return rules.normalize_name(raw or "")


def _real_phone(raw: str | None, country: str | None) -> str | None:
    phone = rules.normalize_phone(raw or "", region=country.upper() if country else None)
    return None if phone is None or rules.is_placeholder_phone(phone) else phone


def _hashed(values: Iterable[str | None]) -> tuple[str, ...]:
    distinct = dict.fromkeys(value for value in values if value)
    return tuple(rules.hashed(value) for value in islice(distinct, _MOST_VALUES))
