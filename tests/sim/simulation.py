"""The parts of one run: the service's processes, and the simulated vendors and staff."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from flask import Flask

from service.domain.delivery.schedule import RetryPolicy
from service.domain.events.event import EventName
from service.domain.events.idempotency import event_key
from service.domain.records.record import EventRecord
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.tenant import Role
from service.gcp.cached_tenants import CachedTenants
from service.infra.recent_keys import RecentKeys
from service.infra.sessions import SignedSessions
from service.local.audit import SqliteAudit
from service.local.browser_signals import SqliteBrowserSignals
from service.local.days import SqliteDays
from service.local.events import SqliteEvents
from service.local.file import IN_MEMORY, SqliteFile
from service.local.jobs import SqliteJobs
from service.local.quality import SqliteQualityReports
from service.local.tenants import SqliteTenants
from service.ports import Services
from tests.apps import app_settings, started_app
from tests.builders import NOW, POLICY
from tests.fakes import ListMailer, OneCaller, ScriptedConnections
from tests.sim.commerce7 import Commerce7Account, SimShops
from tests.sim.faults import FaultInjector
from tests.sim.faulty_ports import OnCall, faulty_queue, faulty_store
from tests.sim.figure_invariants import FigureInvariants
from tests.sim.instance import Fleet, Instance
from tests.sim.loop import Loop
from tests.sim.meta import SimConversions, SimMeta
from tests.sim.objects import KINDS, Payload, ShopObject, event_id
from tests.sim.record_invariants import RecordInvariants, RecordKey
from tests.sim.request_invariants import RequestInvariants
from tests.sim.scheduler import Scheduler
from tests.sim.staff import SimStaff
from tests.sim.task_queue import SimQueue, SimQueues
from tests.sim.tenant import Credential, SimTenant
from tests.sim.trace import Trace
from tests.sim.vault import SimVault
from tests.sim.webhook_sender import WEBHOOK_USER, WebhookSender

Override = Callable[[Services], Services]
"""A function that replaces a part of the services, such as a mutant."""

_GRACE = timedelta(hours=48)

LISTED_EVERY = timedelta(hours=4)
"""How often the service reads the shops' lists."""


class SimPolicy(RetryPolicy, frozen=True):
    """The service's policy, with listings hours apart: a simulated fortnight stays short."""

    @property
    def listed_every(self) -> timedelta:
        """How often the shop's changes are compared with its webhooks."""
        return LISTED_EVERY


def no_override(services: Services) -> Services:
    """Return the services unchanged."""
    return services


class Simulation:
    """All parts, connected. Nothing runs until `loop.run`."""

    def __init__(
        self, rng: Random, *, instances: int = 3, width: int = 10, override: Override = no_override
    ) -> None:
        self.loop = Loop(NOW)
        self.trace = Trace()
        self.faults = FaultInjector(rng, self.loop.clock, until=NOW)
        self.accounts: dict[str, Commerce7Account] = {}
        self.credentials: dict[str, Credential] = {}
        self._ids: dict[RecordKey, str] = {}
        self._override = override
        self._numbers = count()
        self._vault = SimVault()
        self._file = SqliteFile(IN_MEMORY)
        self.request_invariants = RequestInvariants(self.credentials)
        self.record_invariants = RecordInvariants(
            self.loop.clock, self._is_accepted_by_meta, self._recheck_of
        )
        self.meta = SimMeta(self.faults, self.request_invariants.check)
        self.queues = SimQueues(self._queue, width=width)
        self.fleet = Fleet(instances, start=self._start, loop=self.loop, rng=rng)
        self.scheduler = Scheduler(
            loop=self.loop, faults=self.faults, file=self._file, fleet=lambda: self.fleet
        )
        self.webhook_sender = WebhookSender(
            self.loop, self.faults, lambda: self.fleet, self._log_failed_webhook
        )
        self.staff = SimStaff(self.loop, self.meta, lambda: self.fleet)

    def figure_invariants(self, tenants: Iterable[SimTenant]) -> Iterator[FigureInvariants]:
        """Yield the check of the figures of each winery that has the app in the end."""
        store, days = SqliteTenants(self._file), SqliteDays(self._file)
        for each in tenants:
            known = store.find(each.tenant_id)
            if known and known.installation.is_installed:
                found = days.since(each.tenant_id, date.min)
                yield FigureInvariants(each.tenant_id, found, self.record_invariants)

    def dump_store(self) -> Iterator[str]:
        """Yield all stored data, as text."""
        with self._file.read() as db:
            tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                yield from map(str, db.execute(f"SELECT * FROM {table}"))  # noqa: S608 - our own

    def close(self) -> None:
        """Close the store."""
        self._file.close()

    def services_of(self, instance: Instance) -> Services:
        """Return the services of this instance, with simulated ports."""

        def wrapped(port: object, name: str, on_call: OnCall) -> Any:
            return faulty_store(port, instance=instance, name=name, on_call=on_call)

        tenants = wrapped(SqliteTenants(self._file), "tenants", self._wake_scheduler)
        return self._override(
            Services(
                events=wrapped(SqliteEvents(self._file), "events", self._on_events_call),
                tenants=CachedTenants(tenants, clock=self.loop.clock),
                browser_signals=wrapped(
                    SqliteBrowserSignals(self._file), "signals", self._wake_scheduler
                ),
                audit=wrapped(SqliteAudit(self._file), "audit", self._wake_scheduler),
                jobs=wrapped(SqliteJobs(self._file), "jobs", self._wake_scheduler),
                quality=SqliteQualityReports(self._file),
                days=wrapped(SqliteDays(self._file), "days", self._wake_scheduler),
                queue=faulty_queue(self.queues, instance=instance),
                conversions=SimConversions(self.meta, instance),
                connections=ScriptedConnections(),
                shops=SimShops(self.accounts, instance),
                vault=self._vault,
                sessions=SignedSessions(["invented"]),
                callers=OneCaller(),
                mailer=ListMailer(),
                retry=SimPolicy(POLICY.min_backoff),
                uninstall_grace=_GRACE,
                clock=self.loop.clock,
                new_id=lambda: f"id-{next(self._numbers)}",
                seen_events=RecentKeys(kept_for=timedelta(hours=1), most=10),
            )
        )

    def add_object(self, tenant: SimTenant, obj: ShopObject) -> None:
        """Add this object to the winery's shop, and its expected events to the invariants."""
        tenant.objects.append(obj)
        self.accounts[tenant.tenant_id].objects[obj.id] = obj
        for name in EventName:
            for change in obj.changes:
                if change.expected_event is name:
                    self._expect_event(obj, name)

    def _expect_event(self, obj: ShopObject, name: EventName) -> None:
        kind = KINDS[obj.type]
        key = event_key(obj.tenant_id, kind=kind, object_id=obj.id, name=name)
        self._ids[obj.tenant_id, key] = event_id(name, obj.id)
        self.request_invariants.ids[event_id(name, obj.id)] = obj.tenant_id

    def _log_failed_webhook(self, tenant_id: str, entry: Payload) -> None:
        account = self.accounts[tenant_id]
        # A forged webhook is in no log of Commerce7's.
        if entry["payload"]["id"] in account.objects:
            account.failed_webhooks.append((self.loop.now, entry))

    def _is_accepted_by_meta(self, record: EventRecord, role: Role) -> bool:
        event = self._ids.get((record.tenant_id, record.key), "")
        return self.request_invariants.accepted_at(record.tenant_id, event, role) is not None

    def _recheck_of(self, tenant_id: str) -> Recheck:
        tenant = SqliteTenants(self._file).find(tenant_id)
        return tenant.recheck if tenant else Recheck()

    def _on_events_call(self, name: str, args: tuple[object, ...], returned: object) -> None:
        self.record_invariants.on_call(name, args, returned)
        self.scheduler.wake()

    def _wake_scheduler(self, _name: str, _args: tuple[object, ...], _returned: object) -> None:
        self.scheduler.wake()

    def _queue(self, width: int) -> SimQueue:
        return SimQueue(
            width=width,
            loop=self.loop,
            faults=self.faults,
            trace=self.trace,
            fleet=lambda: self.fleet,
        )

    def _start(self, slot: int) -> Instance:
        name = f"i{slot}.{next(self._numbers)}"
        instance = Instance(name, loop=self.loop, faults=self.faults, trace=self.trace)
        instance.services = self.services_of(instance)
        instance.app = _app_for(slot, instance.services)
        return instance


def _app_for(slot: int, services: Services) -> Flask:
    settings = app_settings(C7_WEBHOOK_USERS=WEBHOOK_USER)
    app = started_app(services, settings, name=f"simulated instance {slot}")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app
