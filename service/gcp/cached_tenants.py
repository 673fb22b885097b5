"""Tenants remembered for a minute, for what happens with every event."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from service.domain.breaker import Breaker
from service.domain.installation import Installation
from service.domain.notices import Notices
from service.domain.progress import Progress
from service.domain.shop import Shop
from service.domain.tenant import Role, Tenant, TenantSettings
from service.ports import Tenants

KEPT_FOR = timedelta(seconds=60)
"""How long a change made in another process may go unnoticed here."""

_MOST = 10_000

K = TypeVar("K")
V = TypeVar("V")


class CachedTenants:
    """Port `Tenants` around another: only `recall` and `recall_token` may be a minute old.

    A change made here is seen here at once. What is not there is never remembered.
    """

    def __init__(self, tenants: Tenants, *, clock: Callable[[], datetime]) -> None:
        self._tenants = tenants
        self._known: _Memory[str, Tenant] = _Memory(clock)
        self._tokens: _Memory[tuple[str, Role], str] = _Memory(clock)

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it is."""
        return self._known.read(tenant_id, lambda: self._tenants.find(tenant_id))

    def recall(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it was at most a minute ago."""
        return self._known.get(tenant_id) or self.find(tenant_id)

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel as it is."""
        return self._tokens.read(
            (tenant_id, role), lambda: self._tenants.sealed_token(tenant_id, role)
        )

    def recall_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token as it was at most a minute ago."""
        return self._tokens.get((tenant_id, role)) or self.sealed_token(tenant_id, role)

    def save_settings(self, tenant_id: str, settings: TenantSettings) -> None:
        """Create or overwrite the tenant's settings."""
        self._tenants.save_settings(tenant_id, settings)
        self._forget(tenant_id)

    def save_shop(self, tenant_id: str, shop: Shop | None, *, due_at: datetime) -> None:
        """Write what the shop tells of itself, and when to ask it again."""
        self._tenants.save_shop(tenant_id, shop, due_at=due_at)
        self._forget(tenant_id)

    def save_installation(self, tenant_id: str, installation: Installation) -> None:
        """Write how the installation stands."""
        self._tenants.save_installation(tenant_id, installation)
        self._forget(tenant_id)

    def replace_installation(
        self, tenant_id: str, installation: Installation, *, over: Installation
    ) -> bool:
        """Write how the installation stands, unless it is no longer as in `over`."""
        is_written = self._tenants.replace_installation(tenant_id, installation, over=over)
        self._forget(tenant_id)
        return is_written

    def replace_breaker(
        self, tenant_id: str, role: Role, breaker: Breaker, *, over: Breaker
    ) -> bool:
        """Write what is known of the role's pixel, unless it is no longer `over`."""
        is_written = self._tenants.replace_breaker(tenant_id, role, breaker, over=over)
        self._forget(tenant_id)
        return is_written

    def replace_progress(self, tenant_id: str, progress: Progress, *, over: Progress) -> bool:
        """Write how far the set-up has come, unless it is no longer as in `over`."""
        is_written = self._tenants.replace_progress(tenant_id, progress, over=over)
        self._known.forget(tenant_id)
        return is_written

    def replace_notices(self, tenant_id: str, notices: Notices, *, over: Notices) -> bool:
        """Write what people were told, unless it is no longer as in `over`."""
        is_written = self._tenants.replace_notices(tenant_id, notices, over=over)
        self._known.forget(tenant_id)
        return is_written

    def replace_sealed_token(self, tenant_id: str, role: Role, sealed: str, *, over: str) -> bool:
        """Overwrite the sealed token, unless it is no longer `over`."""
        is_written = self._tenants.replace_sealed_token(tenant_id, role, sealed, over=over)
        self._forget(tenant_id)
        return is_written

    def save_sealed_token(self, tenant_id: str, role: Role, sealed: str) -> None:
        """Create or overwrite the sealed token of the role's pixel."""
        self._tenants.save_sealed_token(tenant_id, role, sealed)
        self._forget(tenant_id)

    def remove_token(self, tenant_id: str, role: Role) -> None:
        """Forget the token of the role's pixel."""
        self._tenants.remove_token(tenant_id, role)
        self._forget(tenant_id)

    def remove_tokens(self, tenant_id: str) -> None:
        """Forget the tokens of all roles."""
        self._tenants.remove_tokens(tenant_id)
        self._forget(tenant_id)

    def remove(self, tenant_id: str) -> None:
        """Forget the tenant's settings and tokens."""
        self._tenants.remove(tenant_id)
        self._forget(tenant_id)

    def shops_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose shop is to be asked again."""
        return self._tenants.shops_due(now=now, limit=limit)

    def installations_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose installation has something due."""
        return self._tenants.installations_due(now=now, limit=limit)

    def breakers_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants of whose pixels one has something due."""
        return self._tenants.breakers_due(now=now, limit=limit)

    def notices_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose alerts are to be looked at again."""
        return self._tenants.notices_due(now=now, limit=limit)

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants."""
        return self._tenants.ids()

    def _forget(self, tenant_id: str) -> None:
        self._known.forget(tenant_id)
        for role in Role:
            self._tokens.forget((tenant_id, role))


class _Memory(Generic[K, V]):
    """Values with the time when they were read; bounded, and safe to share between threads."""

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
        """Return the value as it is, and keep it unless something was changed meanwhile."""
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
