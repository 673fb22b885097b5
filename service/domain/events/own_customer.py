"""The winery's own customer records, which till sales and test orders are booked on.

Meta asks for data of the person who acted. One record shared by all guests at the bar would merge
many strangers into one person.
"""

from collections.abc import Iterable

from service.domain import identity as rules
from service.domain.shop.person import Person

# Mailboxes that a winery's staff share.
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
    """Tell whether this is the winery itself, its till, or staff testing the shop.

    Such a customer has the winery's `name`, or only e-mail addresses at the shop's `domains`: any
    mailbox of the domain itself, or a shared one (`tastingroom@`) of a parent domain (`winery.com`
    for `shop.winery.com`).
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
