"""A cache of tenants, so that not every event reads them from the store."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from service.domain.tenants.tenant import Due, Role, Tenant
from service.ports import Change, Tenants, Updated

KEPT_FOR = timedelta(seconds=60)
"""How old a cached value may be, and so how late another process's change is seen here."""

_MOST = 10_000

K = TypeVar("K")
V = TypeVar("V")


class CachedTenants:
    """Port `Tenants` around another one; `get_cached` and `get_cached_token` may be a minute old.

    A change by this process is seen by it at once. A missing tenant or token is not cached.
    """

    def __init__(self, tenants: Tenants, *, clock: Callable[[], datetime]) -> None:
        self._tenants = tenants
        self._known: _Memory[str, Tenant] = _Memory(clock)
        self._tokens: _Memory[tuple[str, Role], str] = _Memory(clock)

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it is in the store."""
        return self._known.read(tenant_id, lambda: self._tenants.find(tenant_id))

    def get_cached(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it was at most a minute ago."""
        return self._known.get(tenant_id) or self.find(tenant_id)

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel as it is in the store."""
        return self._tokens.read(
            (tenant_id, role), lambda: self._tenants.sealed_token(tenant_id, role)
        )

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token as it was at most a minute ago."""
        return self._tokens.get((tenant_id, role)) or self.sealed_token(tenant_id, role)

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Apply the change in the store, and forget the cached tenant."""
        try:
            return self._tenants.update(tenant_id, change)
        finally:
            self._known.forget(tenant_id)

    def update_token(
        self, tenant_id: str, role: Role, change: Callable[[str | None], str | None]
    ) -> bool:
        """Apply the change in the store, and forget the cached token."""
        try:
            return self._tenants.update_token(tenant_id, role, change)
        finally:
            self._tokens.forget((tenant_id, role))

    def remove(self, tenant_id: str, *, only_if: Callable[[Tenant], bool]) -> bool:
        """Delete the tenant's settings and tokens, here and in the store."""
        try:
            return self._tenants.remove(tenant_id, only_if=only_if)
        finally:
            self._known.forget(tenant_id)
            for role in Role:
                self._tokens.forget((tenant_id, role))

    def due(self, what: Due, *, now: datetime, limit: int) -> Sequence[str]:
        """Return the ids of tenants for which this is due."""
        return self._tenants.due(what, now=now, limit=limit)

    def count_due(self, what: Due, *, now: datetime) -> int:
        """Return for how many tenants this is due."""
        return self._tenants.count_due(what, now=now)

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants."""
        return self._tenants.ids()


class _Memory(Generic[K, V]):
    """Values, each with the time of its reading. Bounded; safe to share between threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[K, tuple[V, datetime]] = {}
        self._forgotten = 0

    def get(self, key: K) -> V | None:
        with self._lock:
            value, read_at = self._kept.get(key, (None, None))
        return value if read_at and self._clock() < read_at + KEPT_FOR else None

    def read(self, key: K, ask: Callable[[], V | None]) -> V | None:
        """Return the value as it is in the store, and keep it unless `forget` ran meanwhile."""
        with self._lock:
            before, read_at = self._forgotten, self._clock()
        value = ask()
        with self._lock:
            self._kept.pop(key, None)
            if value is not None and self._forgotten == before:
                if len(self._kept) >= _MOST:
                    del self._kept[next(iter(self._kept))]
                self._kept[key] = (value, read_at)
        return value

    def forget(self, key: K) -> None:
        with self._lock:
            self._forgotten += 1
            self._kept.pop(key, None)
