"""Writing wineries and logs into Firestore's emulator as they are stored, in large batches."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from google.cloud import firestore

from service.domain.records.record import EventRecord
from service.domain.shop.public_settings import Shop
from service.domain.tenants.catch_up import CatchUp
from service.domain.tenants.counting import Counting
from service.domain.tenants.progress import Progress, Verified, token_fingerprint
from service.domain.tenants.tenant import Role, Tenant
from service.gcp.document_store import Path
from service.gcp.events import _fields, _path
from service.gcp.tenants import _changes, _tenant, _tokens
from service.infra.json_documents import encode
from service.infra.vault import KeyedVault
from tests.builders import PIXEL, TOKEN, some_settings

_BATCH = 500
_PATIENCE_SECONDS = 60.0

Document = tuple[Path, Mapping[str, Any]]


@contextmanager
def emulated(environ: Mapping[str, str]) -> Iterator[firestore.Client]:
    """Lend a client of the emulator that these variables name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", environ["FIRESTORE_EMULATOR_HOST"])
        yield firestore.Client(project=environ["GOOGLE_CLOUD_PROJECT"])


def write_all(client: firestore.Client, documents: Iterable[Document]) -> None:
    """Write these documents; absent fields are left out, as the service does."""
    rest = iter(documents)
    while some := list(islice(rest, _BATCH)):
        batch = client.batch()
        for path, fields in some:
            present = {name: value for name, value in fields.items() if value is not None}
            batch.set(client.document(*path), {**present, "nonce": "written"})
        batch.commit(timeout=_PATIENCE_SECONDS)


def a_winery(
    tenant_id: str, *, vault: KeyedVault, token: str = TOKEN, enabled: bool = True
) -> list[Document]:
    """Return the documents of a winery that has sent for long, and has nothing else due today."""
    now = datetime.now(UTC)
    tomorrow = now + timedelta(days=1)
    proof = Verified(at=now, pixel_id=PIXEL, mark=token_fingerprint(TOKEN))
    tenant = Tenant(
        id=tenant_id,
        choices=some_settings(enabled=enabled),
        shop=Shop(),
        shop_due_at=tomorrow,
        progress=Progress(first_sent_at=now, tested={Role.PRIMARY: proof}),
        catch_up=CatchUp(at=tomorrow),
        counting=Counting(at=tomorrow),
    )
    sealed = vault.seal(tenant_id, token.encode())
    return [
        (_tenant(tenant_id), _changes(tenant, over=None, stored={})),
        (_tokens(tenant_id), {str(Role.PRIMARY): sealed}),
    ]


def an_event(record: EventRecord) -> Document:
    """Return the document of a record."""
    return _path(record.tenant_id, record.key), _fields(record, encode(record), was=None)
