"""The winery's own customer records, which till sales and test orders are booked on.

Meta asks for data of the person who acted. One record shared by all guests at the bar would merge
many strangers into one person.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

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


def is_own_customer(person: Person, *, domains: tuple[str, ...], name: str | None) -> bool:
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
    hosts, ends = _hosts_and_ends(domains)
    typed = [_address(raw) for raw in person.customer.emails]
    if ends.isdisjoint([_end(domain) for _, domain in typed]):
        return False  # most customers: no address ends like a host
    emails = [email for address, _ in typed if (email := rules.normalize_email(address))]
    return bool(emails) and all(_is_of(email, hosts=hosts) for email in emails)


def _address(raw: str) -> tuple[str, str]:
    """Return the address with its domain as the DNS has it, and that domain."""
    mailbox, at, typed_domain = rules.unescaped(raw).strip().rpartition("@")
    domain = rules.ascii_host(typed_domain)
    return f"{mailbox}{at}{domain}", domain


def _is_of(email: str, *, hosts: Iterable[str]) -> bool:
    mailbox, _, domain = email.rpartition("@")
    is_at_one = any(_is_at(domain, host, mailbox=mailbox) for host in hosts)
    return is_at_one and not rules.is_open_to_all(domain)


def _is_at(domain: str, host: str, *, mailbox: str) -> bool:
    owned = rules.owner_domain(host)
    if domain == host or (owned and f".{domain}".endswith(f".{owned}")):
        return True
    is_above = host.endswith(f".{domain}")
    return is_above and "".join(filter(str.isalnum, mailbox)) in _SHARED_MAILBOXES


@lru_cache(maxsize=1000)  # of shops' hosts, never of people's
def _hosts_and_ends(domains: tuple[str, ...]) -> tuple[Sequence[str], frozenset[str]]:
    """Return the hosts of a shop's domains, and how they end."""
    hosts = tuple([rules.ascii_host(domain).removeprefix("www.") for domain in domains])
    return hosts, frozenset(map(_end, hosts))


def _end(host: str) -> str:
    """Return the last two labels of a host."""
    return host[host.rfind(".", 0, host.rfind(".")) + 1 :]
