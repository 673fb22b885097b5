"""What is still missing of a person, so that the shop must be asked before the event is sent."""

from service.domain.events.limited_data_use import is_data_use_known
from service.domain.shop.person import Person


def is_half_known(person: Person) -> bool:
    """Tell whether the customer must be looked up: for contact data, or for the state's law."""
    return lacks_contact(person) or lacks_place(person)


def lacks_contact(person: Person) -> bool:
    """Tell whether there is a customer id, but no e-mail address and no phone number."""
    customer = person.customer
    is_reachable = customer.emails or customer.phones or person.bill_to.phone
    return customer.id is not None and not is_reachable


def lacks_place(person: Person) -> bool:
    """Tell whether there is a customer id, but no address with a state, ZIP code or other country.

    Only the customer's address book can tell then whether Limited Data Use applies.
    """
    customer = person.customer
    addresses = (person.bill_to, customer.address, *person.elsewhere)
    return customer.id is not None and not is_data_use_known(addresses)
