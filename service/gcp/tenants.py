"""Tenants in Firestore: `tenants/{tenantId}`, their tokens in `tenants/{tenantId}/secrets/meta`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from service.domain.tenants.tenant import Due, Role, Tenant
from service.gcp import queries
from service.gcp.document_store import Documents, Fields, Path
from service.gcp.queries import SECRETS, TENANTS
from service.infra.json_documents import UnreadableDocumentError
from service.infra.tenant_documents import DUE_NAMES, documents_of, due_times_of, tenant_of
from service.ports import Change, StoreUnavailableError, Updated

_META = "meta"
_SWAPS = 20
"""How often a compare-and-swap is tried while others write the same document."""


class FirestoreTenants:
    """Port `Tenants`. Each part of a tenant is JSON in one field, as in every other store."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant."""
        found = self._documents.get(_tenant(tenant_id))
        return _read(tenant_id, found.fields) if found else None

    def get_cached(self, tenant_id: str) -> Tenant | None:
        """Return the tenant from the store; the cache is `CachedTenants`."""
        return self.find(tenant_id)

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Apply the change by compare-and-swap; repeat it if another write came between."""
        path = _tenant(tenant_id)
        for _ in range(_SWAPS):
            found = self._documents.get(path)
            before = _read(tenant_id, found.fields) if found else None
            after = change(before)
            if after is None or after == before:
                return Updated(before, before)
            fields = _changes(after, over=before, stored=found.fields if found else {})
            if found is None:
                is_written = self._documents.create(path, fields)
            else:
                is_written = self._documents.replace(path, fields, revision=found.revision)
            if is_written:
                return Updated(before, after)
        raise StoreUnavailableError("others write this tenant all the time")

    def remove(self, tenant_id: str, *, only_if: Callable[[Tenant], bool]) -> bool:
        """Delete the tenant's settings, then its tokens; without settings nothing is sent."""
        path = _tenant(tenant_id)
        for _ in range(_SWAPS):
            found = self._documents.get(path)
            if found and not only_if(_read(tenant_id, found.fields)):
                return False
            if found is None or self._documents.remove(path, revision=found.revision):
                self._documents.delete([_tokens(tenant_id)])
                return True
        raise StoreUnavailableError("others write this tenant all the time")

    def due(self, what: Due, *, now: datetime, limit: int) -> Sequence[str]:
        """Return the ids of tenants for which this is due, the most overdue first."""
        field = DUE_NAMES[what]
        return _ids(self._documents.find(queries.tenants_due(field, now=now, limit=limit)))

    def count_due(self, what: Due, *, now: datetime) -> int:
        """Return for how many tenants this is due."""
        return self._documents.count(queries.tenants_due(DUE_NAMES[what], now=now, limit=None))

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants, in order."""
        return _ids(self._documents.find(queries.all_tenants()))

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        found = self._documents.get(_tokens(tenant_id))
        return found.fields.get(role) if found else None

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token from the store; the cache is `CachedTenants`."""
        return self.sealed_token(tenant_id, role)

    def update_token(
        self, tenant_id: str, role: Role, change: Callable[[str | None], str | None]
    ) -> bool:
        """Apply the change by compare-and-swap; return whether the token is now another."""
        path = _tokens(tenant_id)
        for _ in range(_SWAPS):
            found = self._documents.get(path)
            before = found.fields.get(role) if found else None
            after = change(before)
            if after == before:
                return False
            fields = {str(role): after}
            if found is None:
                is_written = self._documents.create(path, fields)
            else:
                is_written = self._documents.replace(path, fields, revision=found.revision)
            if is_written:
                return True
        raise StoreUnavailableError("others write these tokens all the time")


def _tenant(tenant_id: str) -> Path:
    return (TENANTS, tenant_id)


def _tokens(tenant_id: str) -> Path:
    return (TENANTS, tenant_id, SECRETS, _META)


def _read(tenant_id: str, fields: Fields) -> Tenant:
    shop_due_at = fields.get(DUE_NAMES[Due.SHOP])
    try:
        return tenant_of(
            tenant_id, fields, shop_due_at=_plain(shop_due_at) if shop_due_at else None
        )
    except UnreadableDocumentError as error:
        raise StoreUnavailableError("this tenant cannot be read") from error


def _changes(tenant: Tenant, *, over: Tenant | None, stored: Fields) -> dict[str, Any]:
    documents = documents_of(tenant, over=over, stored=stored)
    return {name: text.decode() for name, text in documents.items()} | due_times_of(tenant)


def _ids(found: Sequence[Any]) -> list[str]:
    return [each.path[-1] for each in found]


def _plain(at: datetime) -> datetime:
    """Return Firestore's subclass of `datetime` as a plain `datetime` in UTC."""
    return datetime.fromtimestamp(at.timestamp(), UTC)
