"""A tenant as stored: a document for each part, and the times at which its work is due."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.domain.delivery.circuit_breaker import Breaker
from service.domain.shop.public_settings import Shop
from service.domain.tenants.catch_up import CatchUp
from service.domain.tenants.counting import Counting
from service.domain.tenants.installation import Installation
from service.domain.tenants.notices import Notices
from service.domain.tenants.progress import Progress
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.session import SignOut
from service.domain.tenants.tenant import NEVER, Due, Role, Tenant, TenantSettings
from service.infra.json_documents import DocumentReader, encode, encode_over

PARTS: Mapping[str, tuple[str, DocumentReader[Any]]] = {
    "settings": ("choices", DocumentReader(TenantSettings)),
    "shop": ("shop", DocumentReader(Shop)),
    "installation": ("installation", DocumentReader(Installation)),
    "breakers": ("breakers", DocumentReader(dict[Role, Breaker])),
    "recheck": ("recheck", DocumentReader(Recheck)),
    "progress": ("progress", DocumentReader(Progress)),
    "notices": ("notices", DocumentReader(Notices)),
    "catch_up": ("catch_up", DocumentReader(CatchUp)),
    "sign_out": ("sign_out", DocumentReader(SignOut)),
    "counting": ("counting", DocumentReader(Counting)),
}
"""Stored names, each with the tenant's attribute that it holds and the reader of its documents."""

DUE_NAMES: Mapping[Due, str] = {what: f"{what}_due_at" for what in Due}
"""Stored names of the due times."""


def tenant_of(
    tenant_id: str, stored: Mapping[str, bytes | str | None], *, shop_due_at: datetime | None
) -> Tenant:
    """Return the tenant in these documents; a missing document means a new tenant's default."""
    parts = {
        attribute: reader.read_known(document)
        for name, (attribute, reader) in PARTS.items()
        if (document := stored.get(name))
    }
    return Tenant(id=tenant_id, shop_due_at=shop_due_at or NEVER, **parts)


def documents_of(
    tenant: Tenant, *, over: Tenant | None, stored: Mapping[str, bytes | str | None]
) -> dict[str, bytes]:
    """Return the documents that change when the tenant replaces `over`."""
    changed: dict[str, bytes] = {}
    for name, (attribute, _) in PARTS.items():
        new, known = getattr(tenant, attribute), getattr(over, attribute, None)
        if new is None or (over is not None and new == known):
            continue
        document = stored.get(name)
        changed[name] = encode_over(new, document, known=known) if document else encode(new)
    return changed


def due_times_of(tenant: Tenant) -> dict[str, datetime | None]:
    """Return the tenant's due times by stored name; `None` where nothing is due."""
    return {name: tenant.due_at(what) for what, name in DUE_NAMES.items()}
