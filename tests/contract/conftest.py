"""The engines that keep the store's promises, each with its five ports."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from service.gcp.audit import FirestoreAudit
from service.gcp.documents import Documents, FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.gcp.jobs import FirestoreJobs
from service.gcp.signals import FirestoreSignals
from service.gcp.tenants import FirestoreTenants
from service.local.audit import SqliteAudit
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.jobs import SqliteJobs
from service.local.signals import SqliteSignals
from service.local.tenants import SqliteTenants
from service.ports import Audit, Events, Jobs, Signals, Tenants
from tests.contract.mock_documents import MockDocuments


@dataclass(frozen=True)
class Engine:
    """A store, whatever it is made of."""

    events: Events
    tenants: Tenants
    signals: Signals
    audit: Audit
    jobs: Jobs


def over(documents: Documents) -> Engine:
    """Return the Firestore adapters over these documents."""
    return Engine(
        events=FirestoreEvents(documents),
        tenants=FirestoreTenants(documents),
        signals=FirestoreSignals(documents),
        audit=FirestoreAudit(documents, new_id=_new_id),
        jobs=FirestoreJobs(documents),
    )


@pytest.fixture(params=["sqlite", "mock-firestore", "firestore"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return each engine in turn, empty."""
    if request.param == "sqlite":
        file = SqliteFile(str(tmp_path / "contract.db"))
        yield Engine(
            events=SqliteEvents(file),
            tenants=SqliteTenants(file),
            signals=SqliteSignals(file),
            audit=SqliteAudit(file),
            jobs=SqliteJobs(file),
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
def signals(engine: Engine) -> Signals:
    """Return the engine's browser signals."""
    return engine.signals


@pytest.fixture
def audit(engine: Engine) -> Audit:
    """Return the engine's audit trail."""
    return engine.audit


@pytest.fixture
def jobs(engine: Engine) -> Jobs:
    """Return the engine's jobs."""
    return engine.jobs


def _new_id() -> str:
    return uuid4().hex
