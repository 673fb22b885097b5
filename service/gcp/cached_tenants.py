"""A cache of tenants, so that not every event reads them from the store."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from msgspec import Struct

from service.domain.tenants.tenant import Due, Role, Tenant
from service.ports import Change, Tenants, Updated

KEPT_FOR = timedelta(seconds=60)
"""How old a cached value may be, and so how late another process's change is seen here."""

_MOST = 10_000

K = TypeVar("K")
V = TypeVar("V")


class CachedTenants:
    """Port `Tenants` around another one; `get_cached` and `get_cached_token` may be a minute old.

    A change by this process is seen by it at once. That there is no such tenant is kept, too, so
    that webhooks of invented tenants cost no reads; a missing token is not.
    """

    def __init__(self, tenants: Tenants, *, clock: Callable[[], datetime]) -> None:
        self._tenants = tenants
        self._known: _Memory[str, Tenant] = _Memory(clock, keeps_missing=True)
        self._tokens: _Memory[tuple[str, Role], str] = _Memory(clock)

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it is in the store."""
        return self._known.read(tenant_id, lambda: self._tenants.find(tenant_id))

    def get_cached(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it was at most a minute ago."""
        kept = self._known.get(tenant_id)
        return kept.value if kept else self.find(tenant_id)

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel as it is in the store."""
        return self._tokens.read(
            (tenant_id, role), lambda: self._tenants.sealed_token(tenant_id, role)
        )

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token as it was at most a minute ago."""
        kept = self._tokens.get((tenant_id, role))
        return kept.value if kept else self.sealed_token(tenant_id, role)

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


class _Kept(Struct, Generic[V], frozen=True):
    value: V | None
    read_at: datetime


class _Memory(Generic[K, V]):
    """Values, each with the time of its reading. Bounded; safe to share between threads.

    Missing values, if they are kept, have a room of their own, so that they push no others out.
    """

    def __init__(self, clock: Callable[[], datetime], *, keeps_missing: bool = False) -> None:
        self._clock = clock
        self._keeps_missing = keeps_missing
        self._lock = Lock()
        self._kept: dict[K, _Kept[V]] = {}
        self._missing: dict[K, _Kept[V]] = {}
        self._forgotten = 0

    def get(self, key: K) -> _Kept[V] | None:
        with self._lock:
            kept = self._kept.get(key) or self._missing.get(key)
        return kept if kept and self._clock() < kept.read_at + KEPT_FOR else None

    def read(self, key: K, ask: Callable[[], V | None]) -> V | None:
        """Return the value as it is in the store, and keep it unless `forget` ran meanwhile."""
        with self._lock:
            before, read_at = self._forgotten, self._clock()
        value = ask()
        with self._lock:
            self._drop(key)
            is_worth_it = value is not None or self._keeps_missing
            if is_worth_it and self._forgotten == before:
                room = self._missing if value is None else self._kept
                if len(room) >= _MOST:
                    del room[next(iter(room))]
                room[key] = _Kept(value, read_at)
        return value

    def forget(self, key: K) -> None:
        with self._lock:
            self._forgotten += 1
            self._drop(key)

    def _drop(self, key: K) -> None:
        self._kept.pop(key, None)
        self._missing.pop(key, None)
