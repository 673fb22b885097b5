"""The public settings of a winery's shop."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct, field

SHOP_FACTS_FOR = timedelta(hours=24)
"""How long a shop's public settings are valid before they are read again."""

LONGEST_SHOP_PAUSE = timedelta(minutes=15)
"""The longest pause before a shop that did not answer is asked again."""


class Shop(Struct, frozen=True, kw_only=True):
    """A shop's public facts.

    `currency` is ISO 4217 in upper case, `timezone` an IANA name, `domain` a host in lower case.
    `routes` holds the paths of the storefront's pages, without slashes around them, by plain name
    (`checkout`); a winery may choose any path.
    """

    name: str | None = None
    currency: str | None = None
    timezone: str | None = None
    domain: str | None = None
    routes: Mapping[str, str] = field(default_factory=dict)
