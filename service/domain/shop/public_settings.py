"""What a winery's shop tells everybody about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A shop's public facts.

    `currency` is ISO 4217 in upper case, `timezone` an IANA name, `domain` a host in lower case.
    `routes` are the storefront's pages by their plain names (`checkout`), as paths without slashes
    around them; a winery may call its checkout anything.
    """

    name: str | None = None
    currency: str | None = None
    timezone: str | None = None
    domain: str | None = None
    routes: Mapping[str, str] = field(default_factory=dict)
