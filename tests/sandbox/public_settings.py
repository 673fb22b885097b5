"""The shop's public settings: `GET /setting/for-web`."""

from collections.abc import Mapping
from threading import Lock
from typing import Any

_ROUTES = ("profile", "collection", "product", "club", "checkout", "cart", "reservation")


class PublicSettings:
    """The settings as they are now; a test may change any of them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._settings: dict[str, Any] = {
            "currency": "USD",
            "timeZone": "America/Los_Angeles",
            "url": "https://shop.example.com",
            "companyName": "Sandbox Winery",
            "routerType": "Browser",
            "baseRoute": {route: route for route in _ROUTES},
            "apps": [],
        }

    def for_web(self) -> dict[str, Any]:
        """Return the public settings."""
        with self._lock:
            return dict(self._settings)

    def merge(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Replace the settings of these names, and return all of them."""
        with self._lock:
            self._settings |= changes
            return dict(self._settings)
