"""The identity of an event's person, every personal value hashed.

It is taken from the bill-to address and the customer record only. The ship-to may be that of a
gift's recipient, a person who never chose to deal with the winery.
"""

from collections.abc import Iterable

from service.domain import identity as rules
from service.domain.events.event import Identity
from service.domain.shop.person import Address, ClientInfo, Customer, Person

_LONGEST_USER_AGENT = 1000
# More values of one key than this come from a merged record, not from one person.
_MOST_VALUES = 10


def identify(
    person: Person, *, is_seen_online: bool, subscription_id: str | None = None
) -> Identity:
    """Return the identity that is sent to Meta, every personal value hashed.

    A placeholder (`Guest`, `noemail@`) is left out, and the rest of the person is kept. The IP
    address and browser count only if the person `is_seen_online`: otherwise they are a till's or a
    staff member's.
    """
    customer, bill_to = person.customer, person.bill_to
    countries = [rules.normalize_country(bill_to.country or "")]
    record_country = rules.normalize_country(customer.address.country or "")
    known_country = countries[0] or record_country
    placed = [(bill_to, known_country)]
    emails = _hashed([real_email(raw) for raw in customer.emails])
    if not emails and _is_shared(customer, known_country):
        customer = Customer()
    else:
        countries.append(record_country)
        placed.append((customer.address, record_country or known_country))
    phones = [(each.phone, country) for each, country in placed if each.phone]
    phones += [(raw, known_country) for raw in customer.phones]
    first_names, last_names, cities, states, postcodes = _split(placed)
    connection = person.connection if is_seen_online else ClientInfo()
    ip, user_agent = _browser(connection)
    return Identity(
        hashed_emails=emails,
        hashed_phones=_hashed([_real_phone(*each) for each in dict.fromkeys(phones)]),
        hashed_first_names=_hashed(first_names),
        hashed_last_names=_hashed(last_names),
        hashed_cities=_hashed(cities),
        hashed_states=_hashed(states),
        hashed_postcodes=_hashed(postcodes),
        hashed_countries=_hashed(countries),
        hashed_external_ids=_hashed([rules.normalize_external_id(customer.id or "")]),
        ip=ip,
        user_agent=user_agent,
        fbp=rules.browser_id(connection.browser_id),
        subscription_id=subscription_id,
    )


def _split(placed: Iterable[tuple[Address, str | None]]) -> tuple[list[str | None], ...]:
    """Return the first names, last names, cities, states and postcodes at these addresses."""
    first_names: list[str | None] = []
    last_names: list[str | None] = []
    cities: list[str | None] = []
    states: list[str | None] = []
    postcodes: list[str | None] = []
    # Each once: address and record mostly say the same.
    typed = dict.fromkeys(
        [(a.first_name, a.last_name, a.city, a.state, a.postcode, at) for a, at in placed]
    )
    for first_name, last_name, city, state, postcode, country in typed:
        first, last = _names(first_name or "", last_name or "")
        first_names.append(first)
        last_names.append(last)
        cities += rules.normalize_city(city or "")
        states.append(rules.normalize_state(state or "", country=country))
        postcodes.append(rules.normalize_postcode(postcode or "", country=country))
    return first_names, last_names, cities, states, postcodes


def real_email(raw: str) -> str | None:
    """Return the normalised address, or `None` if it is invalid or a placeholder."""
    email = rules.normalize_email(raw)
    return None if email is None or rules.is_placeholder_email(email) else email


def _browser(seen: ClientInfo) -> tuple[str | None, str | None]:
    user_agent = " ".join((seen.user_agent or "").split())[:_LONGEST_USER_AGENT]
    return rules.public_ip(seen.ip), user_agent or None


def _is_shared(customer: Customer, country: str | None) -> bool:
    """Tell whether the record is a till's, booked on for many strangers.

    It has a placeholder for a name, or for a contact and no name, and no contact of its own: no
    real e-mail address, which the caller has checked, and no real phone number. Its id and its
    place would merge the strangers into one person.
    """
    address = customer.address
    phones = (address.phone, *customer.phones)
    if any(_real_phone(raw, country) for raw in phones):
        return False
    first, last = _names(address.first_name or "", address.last_name or "")
    is_named = bool(first or (last and not _is_typed(address.first_name)))
    texts = (address.first_name, address.last_name, *customer.emails, *phones)
    return not is_named and any(map(_is_typed, texts))


def _is_typed(raw: str | None) -> bool:
    return bool(raw and raw.strip())


def _names(first_name: str, last_name: str) -> tuple[str | None, str | None]:
    """Return the first and the last name without placeholders."""
    first, last = rules.normalize_name(first_name), rules.normalize_name(last_name)
    whole = (first or "") + (last or "")
    if not whole or rules.is_placeholder_name(whole):  # `Walk` and `In`
        return None, None
    if first is None or rules.is_placeholder_name(first):
        return None, None if last and rules.is_placeholder_name(last) else last
    return first, None if last and rules.is_placeholder_last_name(last) else last


def _real_phone(raw: str | None, country: str | None) -> str | None:
    if not raw:
        return None
    phone = rules.normalize_phone(raw, region=country.upper() if country else None)
    return None if phone is None or rules.is_placeholder_phone(phone) else phone


def _hashed(values: Iterable[str | None]) -> tuple[str, ...]:
    hashes: dict[str, str] = {}
    for value in values:
        if value and value not in hashes:
            hashes[value] = rules.hashed(value)
            if len(hashes) == _MOST_VALUES:
                break
    return tuple(hashes.values())
