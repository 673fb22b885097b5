"""The identity of an event's person, every personal value hashed.

It is taken from the bill-to address and the customer record only. The ship-to may be that of a
gift's recipient, a person who never chose to deal with the winery.
"""

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

from service.domain import identity as rules
from service.domain.events.event import Identity
from service.domain.shop.person import Address, ClientInfo, Customer, Person

T = TypeVar("T")

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
    countries = [_country(each) for each in (person.bill_to, person.customer.address)]
    known_country = countries[0] or countries[1]
    emails = _hashed(map(real_email, person.customer.emails))
    is_shared = not emails and _is_shared(person.customer, known_country)
    customer = Customer() if is_shared else person.customer
    addresses = (person.bill_to,) if is_shared else (person.bill_to, customer.address)
    placed = [
        (address, country or known_country)
        for address, country in zip(addresses, countries, strict=False)
    ]
    places = _distinct([(each.city, each.state, each.postcode, at) for each, at in placed])
    phones = [(each.phone, country) for each, country in placed if each.phone]
    phones += [(raw, known_country) for raw in customer.phones]
    names = [_names(*each) for each in _distinct([(a.first_name, a.last_name) for a in addresses])]
    connection = person.connection if is_seen_online else ClientInfo()
    ip, user_agent = _browser(connection)
    return Identity(
        hashed_emails=emails,
        hashed_phones=_hashed([_real_phone(*each) for each in _distinct(phones)]),
        hashed_first_names=_hashed([first for first, _ in names]),
        hashed_last_names=_hashed([last for _, last in names]),
        hashed_cities=_hashed([form for city, *_ in places for form in _cities(city)]),
        hashed_states=_hashed([_state(state, country) for _, state, _, country in places]),
        hashed_postcodes=_hashed([_postcode(code, country) for _, _, code, country in places]),
        hashed_countries=_hashed(countries[: len(addresses)]),
        hashed_external_ids=_hashed([rules.normalize_external_id(customer.id or "")]),
        ip=ip,
        user_agent=user_agent,
        fbp=rules.browser_id(connection.browser_id),
        subscription_id=subscription_id,
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

    It has a placeholder for a name, or for a contact and no name, and no contact of its own: no
    real e-mail address, which the caller has checked, and no real phone number. Its id and its
    place would merge the strangers into one person.
    """
    address = customer.address
    phones = (address.phone, *customer.phones)
    if any(_real_phone(raw, country) for raw in phones):
        return False
    first, last = _names(address.first_name, address.last_name)
    is_named = bool(first or (last and not _is_typed(address.first_name)))
    texts = (address.first_name, address.last_name, *customer.emails, *phones)
    return not is_named and any(map(_is_typed, texts))


def _is_typed(raw: str | None) -> bool:
    return bool(raw and raw.strip())


def _cities(raw: str | None) -> tuple[str, ...]:
    return rules.normalize_city(raw) if raw else ()


def _state(raw: str | None, country: str | None) -> str | None:
    return rules.normalize_state(raw, country=country) if raw else None


def _postcode(raw: str | None, country: str | None) -> str | None:
    return rules.normalize_postcode(raw, country=country) if raw else None


def _country(person: Address) -> str | None:
    return rules.normalize_country(person.country) if person.country else None


def _names(first_name: str | None, last_name: str | None) -> tuple[str | None, str | None]:
    """Return the first and the last name without placeholders."""
    first, last = _name(first_name), _name(last_name)
    whole = (first or "") + (last or "")
    if not whole or rules.is_placeholder_name(whole):  # `Walk` and `In`
        return None, None
    if first is None or rules.is_placeholder_name(first):
        return None, None if last and rules.is_placeholder_name(last) else last
    return first, None if last and rules.is_placeholder_last_name(last) else last


def _name(raw: str | None) -> str | None:
    return rules.normalize_name(raw) if raw else None


def _real_phone(raw: str | None, country: str | None) -> str | None:
    if not raw:
        return None
    phone = rules.normalize_phone(raw, region=country.upper() if country else None)
    return None if phone is None or rules.is_placeholder_phone(phone) else phone


def _distinct(typed: Iterable[T]) -> Iterable[T]:
    """Return what is typed, each once: address and record mostly say the same."""
    return dict.fromkeys(typed)


def _hashed(values: Iterable[str | None]) -> tuple[str, ...]:
    distinct = dict.fromkeys(filter(None, values))
    return tuple(map(rules.hashed, islice(distinct, _MOST_VALUES)))
