"""The engines that the contract tests run on, each with the store's ports."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path as FilePath
from typing import Any
from uuid import uuid4

import pytest

from service.gcp.audit import FirestoreAudit
from service.gcp.browser_signals import FirestoreBrowserSignals
from service.gcp.days import FirestoreDays
from service.gcp.document_store import Documents, Path
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.gcp.jobs import FirestoreJobs
from service.gcp.quality import FirestoreQualityReports
from service.gcp.tenants import FirestoreTenants
from service.local.audit import SqliteAudit
from service.local.browser_signals import SqliteBrowserSignals
from service.local.days import SqliteDays
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.jobs import SqliteJobs
from service.local.quality import SqliteQualityReports
from service.local.tenants import SqliteTenants
from service.ports import Audit, BrowserSignals, Days, Events, Jobs, QualityReports, Tenants
from tests.builders import TENANT
from tests.contract.mock_documents import MockDocuments
from tests.files import scratch_file


@dataclass(frozen=True)
class Engine:
    """One implementation of the store."""

    events: Events
    tenants: Tenants
    browser_signals: BrowserSignals
    audit: Audit
    jobs: Jobs
    quality: QualityReports
    days: Days
    overwrite: Callable[[str, str, str, bytes], None]
    text: Callable[[str, str, str], str]
    """Write or read a stored document by collection, id and name, as another release would."""


def over(documents: Documents) -> Engine:
    """Return the Firestore adapters over these documents."""
    return Engine(
        events=FirestoreEvents(documents),
        tenants=FirestoreTenants(documents),
        browser_signals=FirestoreBrowserSignals(documents),
        audit=FirestoreAudit(documents, new_id=_new_id),
        jobs=FirestoreJobs(documents),
        quality=FirestoreQualityReports(documents),
        days=FirestoreDays(documents),
        overwrite=lambda collection, key, name, document: documents.merge(
            _path(collection, key), {name: document.decode()}
        ),
        text=lambda collection, key, name: str(_fields(documents, collection, key)[name]),
    )


def _path(collection: str, key: str) -> Path:
    return ("tenants", key) if collection == "tenants" else ("tenants", TENANT, collection, key)


def _fields(documents: Documents, collection: str, key: str) -> Mapping[str, Any]:
    found = documents.get(_path(collection, key))
    assert found is not None
    return found.fields


_IDS = {
    "tenants": "tenant_id",
    "events": "key",
    "jobs": "kind",
    "quality": "role",
    "days": "day",
}
_COLUMNS = {"settings": "doc"}


def _overwrite(file: SqliteFile, collection: str, key: str, name: str, document: bytes) -> None:
    column = _COLUMNS.get(name, name)
    statement = f"UPDATE {collection} SET {column} = ? WHERE {_IDS[collection]} = ?"  # noqa: S608 - our own words
    file.change(lambda db: db.execute(statement, (document, key)))


def _text(file: SqliteFile, collection: str, key: str, name: str) -> str:
    column = _COLUMNS.get(name, name)
    with file.read() as db:
        (found,) = db.execute(
            f"SELECT {column} FROM {collection} WHERE {_IDS[collection]} = ?",  # noqa: S608 - our own words
            (key,),
        ).fetchone()
    return bytes(found).decode()


@pytest.fixture(params=["sqlite", "mock-firestore", "firestore"])
def engine(request: pytest.FixtureRequest, tmp_path: FilePath) -> Iterator[Engine]:
    """Return each engine in turn, empty."""
    if request.param == "sqlite":
        file = scratch_file(tmp_path / "contract.db")
        yield Engine(
            events=SqliteEvents(file),
            tenants=SqliteTenants(file),
            browser_signals=SqliteBrowserSignals(file),
            audit=SqliteAudit(file),
            jobs=SqliteJobs(file),
            quality=SqliteQualityReports(file),
            days=SqliteDays(file),
            overwrite=partial(_overwrite, file),
            text=partial(_text, file),
        )
        file.close()
    elif request.param == "mock-firestore":
        yield over(MockDocuments(new_id=_new_id))
    else:
        client = request.getfixturevalue("firestore_client")
        yield over(FirestoreDocuments(client, new_id=_new_id))


@pytest.fixture
def events(engine: Engine) -> Events:
    """Return the engine's event log."""
    return engine.events


@pytest.fixture
def tenants(engine: Engine) -> Tenants:
    """Return the engine's tenants."""
    return engine.tenants


@pytest.fixture
def signals(engine: Engine) -> BrowserSignals:
    """Return the engine's browser signals."""
    return engine.browser_signals


@pytest.fixture
def audit(engine: Engine) -> Audit:
    """Return the engine's audit trail."""
    return engine.audit


@pytest.fixture
def jobs(engine: Engine) -> Jobs:
    """Return the engine's jobs."""
    return engine.jobs


@pytest.fixture
def quality(engine: Engine) -> QualityReports:
    """Return the engine's reports of quality."""
    return engine.quality


@pytest.fixture
def days(engine: Engine) -> Days:
    """Return the engine's daily records."""
    return engine.days


def _new_id() -> str:
    return uuid4().hex
