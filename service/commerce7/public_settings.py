"""Parsing of a shop's public settings. Pure.

Reference: seen in Commerce7's own public app: `GET /setting/for-web?version=V2`, without
credentials. It is the only place that names a winery's currency.
"""

import re

from service.commerce7.fields import Fields
from service.domain.shop.currency import currency_of
from service.domain.shop.public_settings import Shop
from service.domain.shop.time_zone import time_zone_of
from service.domain.tenants.tenant import host_of

_PATH = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
_PAGES = ("profile", "product", "collection", "club", "checkout", "cart", "reservation")


def parse_shop(settings: Fields) -> Shop:
    """Return the shop's public settings; a missing or invalid one is unknown."""
    zone = settings.text("timeZone") or ""
    routes = settings.child("baseRoute")
    paths = {page: (routes.text(page) or "").strip("/") for page in _PAGES}
    return Shop(
        name=settings.text("companyName"),
        currency=currency_of(settings.text("currency") or ""),
        timezone=zone if time_zone_of(zone) else None,
        domain=host_of(settings.text("url") or ""),
        routes={page: path for page, path in paths.items() if _PATH.fullmatch(path)},
    )
