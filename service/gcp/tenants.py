"""Tenants in Firestore: `tenants/{tenantId}`, tokens apart in `tenants/{tenantId}/secrets/meta`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from service.domain.breaker import Breaker, first_due
from service.domain.installation import Installation
from service.domain.notices import Notices
from service.domain.progress import Progress
from service.domain.shop import Shop
from service.domain.tenant import Role, Tenant, TenantSettings
from service.gcp import queries
from service.gcp.documents import Documents, Fields, Path
from service.gcp.queries import SECRETS, TENANTS

# A shop that was never asked is due before every other one, and needs a time to be found by.
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_META = "meta"

T = TypeVar("T")


class FirestoreTenants:
    """Port `Tenants`. What is a document of ours is JSON in one field, as in every other store."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant."""
        found = self._documents.get(_tenant(tenant_id))
        if found is None:
            return None
        fields = found.fields
        due_at = fields.get("shop_due_at", _NEVER)
        return Tenant(
            id=tenant_id,
            choices=_decoded(fields, "settings", TenantSettings) or TenantSettings(),
            shop=_decoded(fields, "shop", Shop),
            shop_due_at=None if due_at == _NEVER else _plain(due_at),
            installation=_decoded(fields, "installation", Installation) or Installation(),
            breakers=_breakers(fields),
            progress=_decoded(fields, "progress", Progress) or Progress(),
            notices=_decoded(fields, "notices", Notices) or Notices(),
        )

    def recall(self, tenant_id: str) -> Tenant | None:
        """Return the tenant; `CachedTenants` is what remembers it."""
        return self.find(tenant_id)

    def save_settings(self, tenant_id: str, settings: TenantSettings) -> None:
        """Create or overwrite the tenant's settings."""
        changes = {"settings": _encoded(settings)}
        if self._documents.create(_tenant(tenant_id), {**changes, "shop_due_at": _NEVER}) is None:
            self._documents.merge(_tenant(tenant_id), changes)

    def save_shop(self, tenant_id: str, shop: Shop | None, *, due_at: datetime) -> None:
        """Write what the shop tells of itself, and when to ask it again."""
        changes: dict[str, Any] = {"shop_due_at": due_at}
        if shop is not None:
            changes["shop"] = _encoded(shop)
        path = _tenant(tenant_id)
        while known := self._documents.get(path):
            if self._documents.replace(path, changes, revision=known.revision):
                return

    def shops_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose shop is to be asked again, those that never were first."""
        return _ids(self._documents.find(queries.shops_due(now=now, limit=limit)))

    def save_installation(self, tenant_id: str, installation: Installation) -> None:
        """Write how the installation stands; a tenant that we do not know is created."""
        changes = _installation(installation)
        if self._documents.create(_tenant(tenant_id), {**changes, "shop_due_at": _NEVER}) is None:
            self._documents.merge(_tenant(tenant_id), changes)

    def replace_installation(
        self, tenant_id: str, installation: Installation, *, over: Installation
    ) -> bool:
        """Write how the installation stands, unless it is no longer as in `over`; tell if so."""
        path = _tenant(tenant_id)
        while known := self._documents.get(path):
            if (_decoded(known.fields, "installation", Installation) or Installation()) != over:
                return False
            changes = _installation(installation)
            if self._documents.replace(path, changes, revision=known.revision):
                return True
        return False

    def replace_progress(self, tenant_id: str, progress: Progress, *, over: Progress) -> bool:
        """Write how far the set-up has come, unless it is no longer as in `over`; tell if so."""
        path = _tenant(tenant_id)
        while known := self._documents.get(path):
            if (_decoded(known.fields, "progress", Progress) or Progress()) != over:
                return False
            changes = {"progress": _encoded(progress)}
            if self._documents.replace(path, changes, revision=known.revision):
                return True
        return False

    def installations_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose installation has something due, the longest due first."""
        return _ids(self._documents.find(queries.installations_due(now=now, limit=limit)))

    def replace_breaker(
        self, tenant_id: str, role: Role, breaker: Breaker, *, over: Breaker
    ) -> bool:
        """Write what is known of the role's pixel, unless it is no longer `over`; tell if so."""
        path = _tenant(tenant_id)
        while known := self._documents.get(path):
            breakers = _breakers(known.fields)
            if breakers.get(role, Breaker()) != over:
                return False
            after = {**breakers, role: breaker}
            changes = {"breakers": _encoded(after), "breakers_due_at": first_due(after)}
            if self._documents.replace(path, changes, revision=known.revision):
                return True
        return False

    def breakers_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants of whose pixels one has something due, the longest due first."""
        return _ids(self._documents.find(queries.breakers_due(now=now, limit=limit)))

    def replace_notices(self, tenant_id: str, notices: Notices, *, over: Notices) -> bool:
        """Write what people were told, unless it is no longer as in `over`; tell if so."""
        path = _tenant(tenant_id)
        while known := self._documents.get(path):
            if (_decoded(known.fields, "notices", Notices) or Notices()) != over:
                return False
            changes = {"notices": _encoded(notices), "notices_due_at": notices.look_at}
            if self._documents.replace(path, changes, revision=known.revision):
                return True
        return False

    def notices_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose alerts are to be looked at again, the longest due first."""
        return _ids(self._documents.find(queries.notices_due(now=now, limit=limit)))

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants, in order."""
        return _ids(self._documents.find(queries.all_tenants()))

    def remove(self, tenant_id: str) -> None:
        """Forget the tenant's settings and tokens, tokens first."""
        self._documents.delete([_tokens(tenant_id)])
        self._documents.delete([_tenant(tenant_id)])

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        found = self._documents.get(_tokens(tenant_id))
        return found.fields.get(role) if found else None

    def recall_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token; `CachedTenants` is what remembers it."""
        return self.sealed_token(tenant_id, role)

    def replace_sealed_token(self, tenant_id: str, role: Role, sealed: str, *, over: str) -> bool:
        """Overwrite the sealed token, unless it is no longer `over`; tell if it was."""
        path = _tokens(tenant_id)
        while known := self._documents.get(path):
            if known.fields.get(role) != over:
                return False
            changes = {str(role): sealed}
            if self._documents.replace(path, changes, revision=known.revision):
                return True
        return False

    def save_sealed_token(self, tenant_id: str, role: Role, sealed: str) -> None:
        """Create or overwrite the sealed token of the role's pixel."""
        self._documents.merge(_tokens(tenant_id), {str(role): sealed})

    def remove_token(self, tenant_id: str, role: Role) -> None:
        """Forget the token of the role's pixel."""
        self._documents.merge(_tokens(tenant_id), {str(role): None})

    def remove_tokens(self, tenant_id: str) -> None:
        """Forget the tokens of all roles."""
        self._documents.delete([_tokens(tenant_id)])


def _tenant(tenant_id: str) -> Path:
    return (TENANTS, tenant_id)


def _tokens(tenant_id: str) -> Path:
    return (TENANTS, tenant_id, SECRETS, _META)


def _installation(installation: Installation) -> Fields:
    return {
        "installation": _encoded(installation),
        "installation_due_at": installation.due_at,
    }


def _breakers(fields: Fields) -> dict[Role, Breaker]:
    return _decoded(fields, "breakers", dict[Role, Breaker]) or {}


def _ids(found: Sequence[Any]) -> list[str]:
    return [each.path[-1] for each in found]


def _encoded(document: object) -> str:
    return msgspec.json.encode(document).decode()


def _decoded(fields: Fields, name: str, kind: type[T]) -> T | None:
    text = fields.get(name)
    return msgspec.json.decode(text, type=kind) if text else None


def _plain(at: datetime) -> datetime:
    """Return Firestore's time as one that equals ours whatever it is compared with."""
    return datetime.fromtimestamp(at.timestamp(), UTC)
