"""A whole service on a temporary file, with a clock and a queue that tests control."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from google.cloud import firestore
from msgspec import Struct

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker
from service.domain.delivery.delivery import Delivery
from service.domain.mail.mail import Contact
from service.domain.records.record import EventRecord
from service.domain.shop.public_settings import Shop
from service.domain.shop.signal import Fact, Signal
from service.domain.shop.staff import OPERATOR
from service.domain.tenants.catch_up import CatchUp
from service.domain.tenants.counting import Counting
from service.domain.tenants.session import opened
from service.domain.tenants.tenant import Role, TenantSettings
from service.infra.recent_keys import RecentKeys
from service.infra.sessions import SignedSessions
from service.infra.vault import KeyedVault
from service.local.audit import SqliteAudit
from service.local.browser_signals import SqliteBrowserSignals
from service.local.days import SqliteDays
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.jobs import SqliteJobs
from service.local.quality import SqliteQualityReports
from service.local.tenants import SqliteTenants
from service.ports import Services, Task
from service.usecases.alerts.notify import Notified, notify_alerts
from service.usecases.alerts.send_report import send_report
from service.usecases.cursors import ReleaseCursor
from service.usecases.delivery.release_parked import Released, release_parked
from service.usecases.delivery.send_event import SendResult, send_event
from service.usecases.eventlog.work_on_job import work_on_job
from service.usecases.figures.count_events import count_regularly
from service.usecases.intake.receive_signal import Received, receive_signal
from service.usecases.intake.resolve_signal import Resolved, resolve_signal
from service.usecases.sweep import Swept, sweep_due
from service.usecases.task_bodies import (
    CountEvents,
    LookUpObject,
    NotifyAlerts,
    ReleaseParked,
    SendDelivery,
    WorkOnJob,
    parse_task,
)
from service.usecases.tenants.configure_tenant import configure_tenant
from service.web.endpoints.notified import step_text
from tests.apps import SESSION_KEY, started_app
from tests.builders import (
    OLIVE,
    POLICY,
    TENANT,
    TOKEN,
    Clock,
    Ids,
    a_signal,
    an_order,
    some_settings,
)
from tests.emulators import firestore_emulator, warm_up
from tests.fakes import (
    ListQueue,
    MemoryShops,
    OneCaller,
    ScriptedConnections,
    ScriptedConversions,
)
from tests.files import scratch_file, scratch_folder
from tests.hooks import (  # noqa: F401 - pytest finds them here
    measured,
    pytest_collection,
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_terminal_summary,
)
from tests.page_checker import CheckingClient
from tests.tenants import put, save_shop

GRACE = timedelta(hours=48)


class World(Struct, frozen=True):
    """The services of one test, with the fakes that the test controls and inspects."""

    services: Services
    clock: Clock
    queue: ListQueue
    meta: ScriptedConversions
    connections: ScriptedConnections
    shops: MemoryShops
    file: Path

    def install(self, settings: TenantSettings | None = None, *, tenant_id: str = TENANT) -> None:
        """Set a tenant up with a token for each pixel.

        Its shop was looked up already; events are counted, and lists read, next year.
        """
        chosen = settings or some_settings()
        tokens = {role: f"{TOKEN}{role}" for role in chosen.roles()}
        configure_tenant(tenant_id, chosen, tokens=tokens, by=OPERATOR, services=self.services)
        next_year = self.clock() + timedelta(days=365)
        save_shop(self.services.tenants, tenant_id, Shop(), due_at=next_year)
        counting = Counting(at=next_year, since=self.clock() - timedelta(days=365))
        put(self.services.tenants, tenant_id, counting=counting, catch_up=CatchUp(at=next_year))

    def staff(self, tenant_id: str = TENANT, **changes: str) -> dict[str, str]:
        """Return the headers of a request by a member of the winery's staff."""
        member = replace(OLIVE, **changes)
        session = opened(tenant_id, member, now=self.clock())
        return {"Authorization": f"Bearer {self.services.sessions.sign(session)}"}

    def record_an_order(self, settings: TenantSettings | None = None) -> EventRecord:
        """Set the tenant up, receive a paid order, and return its record."""
        self.install(settings)
        received = self.receive(a_signal(an_order()))
        assert received.record is not None
        return received.record

    def receive(
        self, signal: Signal[Fact], *, tenant_id: str = TENANT, is_trusted: bool = True
    ) -> Received:
        """Receive a signal, as from a webhook."""
        return receive_signal(
            signal,
            tenant_id=tenant_id,
            is_trusted=is_trusted,
            now=self.clock(),
            services=self.services,
        )

    def resolve(self, key: str) -> Resolved:
        """Run the record's look-up task."""
        return resolve_signal(TENANT, key, services=self.services)

    def send(self, record: EventRecord, role: Role = Role.PRIMARY) -> SendResult:
        """Run the delivery's task."""
        return send_event(TENANT, record.key, role=role, services=self.services)

    def delivery(self, role: Role = Role.PRIMARY) -> Delivery:
        """Return the delivery of the tenant's only event to this role's pixel."""
        return self.row().deliveries[role]

    def breaker(self, role: Role = Role.PRIMARY) -> Breaker:
        """Return the circuit breaker of the tenant's pixel."""
        tenant = self.services.tenants.find(TENANT)
        assert tenant is not None
        return tenant.breaker(role)

    def sweep(self) -> Swept:
        """Run the sweep, as the scheduler does every minute."""
        return sweep_due(now=self.clock(), services=self.services)

    def run_tasks(self) -> int:
        """Run all tasks in the queue, and the tasks that these enqueue; return how many."""
        count = 0
        while self.queue.tasks:
            task = self.queue.tasks.pop(0)
            self.queue.done.add(task.name)
            count += 1
            self.run_task(task)
        return count

    def run_task(self, task: Task) -> None:
        """Run the task, unless it reads the shop's public settings."""
        match parse_task(task.body):
            case SendDelivery(tenant_id=tenant_id, event_key=key, role=role) as body:
                send_event(tenant_id, key, role=role, services=self.services, carried=body.carried)
            case ReleaseParked(cursor=cursor):
                self.release(cursor)
            case NotifyAlerts():
                self.tell()
                self.report()
            case LookUpObject(event_key=key):
                self.clock.advance(task.delay)
                self.resolve(key)
            case WorkOnJob(tenant_id=tenant_id, job=kind):
                self.clock.advance(task.delay)
                work_on_job(tenant_id, kind, services=self.services)
            case CountEvents(tenant_id=tenant_id):
                count_regularly(tenant_id, now=self.clock(), services=self.services)
            case _:
                pass

    def release(self, cursor: ReleaseCursor | None = None) -> Released:
        """Release the tenant's parked deliveries, as far as they may go."""
        return release_parked(TENANT, now=self.clock(), services=self.services, cursor=cursor)

    def tell(self) -> Notified:
        """Check the tenant's alerts, and notify its recipients."""
        contact = Contact(admin_url="https://admin.example", support_email="help@example.com")
        return notify_alerts(TENANT, now=self.clock(), contact=contact, services=self.services)

    def report(self) -> Notified:
        """Send the tenant's report, if it is due."""
        contact = Contact(admin_url="https://admin.example", support_email="help@example.com")
        return send_report(
            TENANT, now=self.clock(), contact=contact, words=step_text, services=self.services
        )

    def row(self, tenant_id: str = TENANT) -> EventRecord:
        """Return the tenant's only record."""
        (stored,) = self.services.events.newest(tenant_id, limit=10)
        return stored.record


@pytest.fixture(scope="session")
def firestore_address() -> Iterator[str]:
    """Return the address of Google's Firestore emulator, which all tests share."""
    with firestore_emulator() as address:
        warm_up(address)
        yield address


@pytest.fixture
def firestore_client(firestore_address: str, monkeypatch: pytest.MonkeyPatch) -> firestore.Client:
    """Return a client of a new project, so of an empty database."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore_address)
    return firestore.Client(project=f"test-{uuid4().hex[:12]}")


@pytest.fixture
def world() -> Iterator[World]:
    """Return services around a temporary SQLite file."""
    with a_world() as services:
        yield services


@contextmanager
def a_world() -> Iterator[World]:
    """Lend services around a SQLite file of their own."""
    with scratch_folder() as folder:
        path = folder / "1pixel.db"
        with closing(scratch_file(path)) as file:
            yield _world_around(file, path)


def _world_around(file: SqliteFile, path: Path) -> World:
    clock, queue = Clock(), ListQueue()
    meta, shops = ScriptedConversions(), MemoryShops()
    connections = ScriptedConnections()
    services = Services(
        events=SqliteEvents(file),
        tenants=SqliteTenants(file),
        browser_signals=SqliteBrowserSignals(file),
        audit=SqliteAudit(file),
        jobs=SqliteJobs(file),
        quality=SqliteQualityReports(file),
        days=SqliteDays(file),
        queue=queue,
        conversions=meta,
        connections=connections,
        shops=shops,
        vault=KeyedVault([Fernet.generate_key().decode()]),
        sessions=SignedSessions([SESSION_KEY]),
        callers=OneCaller(),
        retry=POLICY,
        uninstall_grace=GRACE,
        clock=clock,
        new_id=Ids(),
        seen_events=RecentKeys(kept_for=timedelta(hours=1), most=1000),
    )
    return World(services, clock, queue, meta, connections, shops, path)


@pytest.fixture
def app(world: World) -> Flask:
    """Return the app around the world's services."""
    app = started_app(world.services)
    app.test_client_class = CheckingClient
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client of the app."""
    return app.test_client()


@pytest.fixture
def close_file(world: World) -> Callable[[], None]:
    """Return a function that closes the services' store."""
    events = world.services.events
    assert isinstance(events, SqliteEvents)
    return events._file.close
