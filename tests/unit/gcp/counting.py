"""A store of tenants that counts what it is asked."""

from collections import Counter
from typing import Any

from service.ports import Tenants


class Counting:
    """A wrapper of a store of tenants that counts the calls of each method."""

    def __init__(self, tenants: Tenants | None) -> None:
        self._tenants = tenants
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._tenants, name)
