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

    Such a customer has the winery's `name`, or only e-mail addresses at the domain that the winery
    owns: for a shop at `shop.winery.com`, every mailbox at `winery.com` and below. Where the domain
    above the shop is not the winery's alone (a university), it is the mailboxes at the shop's own
    host, and shared ones (`tastingroom@`) above it; at a provider of mailboxes it is none.
    """
    if name and (own_name := rules.normalize_name(name)):
        addresses = (person.customer.address, person.bill_to)
        names = {
            rules.normalize_name(f"{address.first_name or ''} {address.last_name or ''}")
            for address in addresses
        }
        if own_name in names:
            return True
    hosts = [rules.ascii_host(domain).removeprefix("www.") for domain in domains]
    if not _may_be_of(person.customer.emails, hosts):
        return False
    emails = [email for raw in person.customer.emails if (email := _address(raw))]
    return bool(emails) and all(any(_is_of(email, host=host) for host in hosts) for email in emails)


def _address(raw: str) -> str | None:
    """Return the normalised address, its domain as the DNS has it."""
    mailbox, at, _ = rules.unescaped(raw).strip().rpartition("@")
    return rules.normalize_email(f"{mailbox}{at}{_domain(raw)}")


def _is_of(email: str, *, host: str) -> bool:
    mailbox, _, domain = email.rpartition("@")
    return _is_at(domain, host, mailbox=mailbox) and not rules.is_open_to_all(domain)


def _is_at(domain: str, host: str, *, mailbox: str) -> bool:
    owned = rules.owner_domain(host)
    if domain == host or (owned and f".{domain}".endswith(f".{owned}")):
        return True
    is_above = host.endswith(f".{domain}")
    return is_above and "".join(filter(str.isalnum, mailbox)) in _SHARED_MAILBOXES


def _may_be_of(emails: Iterable[str], hosts: Iterable[str]) -> bool:
    """Tell whether an address ends like a host; those of most customers do not."""
    ends = [_end(host) for host in hosts]
    return any(_end(_domain(raw)) in ends for raw in emails)


def _end(host: str) -> list[str]:
    return host.rsplit(".", 2)[-2:]


def _domain(raw: str) -> str:
    return rules.ascii_host(rules.unescaped(raw).strip().rpartition("@")[2])
