"""Customers who are no people: the winery's own records, which tills and tests are booked on.

Meta asks for data of the person who acted. One record that stands for everybody at the bar would
turn many strangers into one.
"""

from collections.abc import Iterable

from service.domain import identity as rules
from service.domain.shop.person import Person

# Mailboxes that no single person of a winery writes from.
_SHARED_MAILBOXES = frozenset(
    {
        "admin",
        "cellardoor",
        "club",
        "concierge",
        "contact",
        "events",
        "hospitality",
        "info",
        "office",
        "orders",
        "pos",
        "reservations",
        "sales",
        "shop",
        "store",
        "tasting",
        "tastingroom",
        "test",
        "visit",
        "wineclub",
        "winery",
    }
)


def is_own_customer(person: Person, *, domains: Iterable[str], name: str | None) -> bool:
    """Tell whether this is the winery itself, its till, or staff trying the shop out.

    That is whoever bears the winery's `name`, or can be reached at nothing but addresses of one of
    the shop's `domains`: any mailbox of the very domain, and a shared one (`tastingroom@`) of a
    domain above it (`winery.com` above `shop.winery.com`).
    """
    if name and (own_name := rules.normalize_name(name)):
        addresses = (person.customer.address, person.bill_to)
        names = {
            rules.normalize_name(f"{address.first_name or ''} {address.last_name or ''}")
            for address in addresses
        }
        if own_name in names:
            return True
    emails = [email for raw in person.customer.emails if (email := rules.normalize_email(raw))]
    hosts = [domain.removeprefix("www.") for domain in domains]
    return bool(emails) and all(any(_is_of(email, host=host) for host in hosts) for email in emails)


def _is_of(email: str, *, host: str) -> bool:
    mailbox, _, domain = email.rpartition("@")
    if domain == host:
        return True
    is_shared = "".join(filter(str.isalnum, mailbox)) in _SHARED_MAILBOXES
    return is_shared and host.endswith(f".{domain}")
