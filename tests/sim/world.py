"""The parts of one run: the service's processes, and the simulated vendors and staff."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any

from flask import Flask

from service.domain.events.event import EventName
from service.domain.events.idempotency import event_key
from service.domain.records.record import EventRecord
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.tenant import Role
from service.gcp.cached_tenants import CachedTenants
from service.infra.sessions import SignedSessions
from service.local.audit import SqliteAudit
from service.local.browser_signals import SqliteBrowserSignals
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.jobs import SqliteJobs
from service.local.tenants import SqliteTenants
from service.ports import Services
from tests.apps import app_settings, started_app
from tests.builders import NOW, POLICY
from tests.fakes import ListMailer, OneCaller, ScriptedConnections
from tests.sim.client import Client, Key
from tests.sim.faults import Faults
from tests.sim.instance import Fleet, Instance
from tests.sim.laws import Key as RecordKey
from tests.sim.laws import Laws
from tests.sim.loop import Loop
from tests.sim.meta import MetaLine, SimMeta
from tests.sim.objects import KINDS, Thing, event_id
from tests.sim.office import Office
from tests.sim.ports import Watch, stepped_queue, stepped_store
from tests.sim.postmark import Postmarks
from tests.sim.scheduler import Scheduler
from tests.sim.sender import USER, Sender
from tests.sim.shop import ShopLine, Winery
from tests.sim.tasks import SimQueue, SimQueues
from tests.sim.trace import Trace
from tests.sim.vault import SimVault

Alter = Callable[[Services], Services]
"""A function that replaces a part of the services, such as a mutant."""

_GRACE = timedelta(hours=48)


def unaltered(services: Services) -> Services:
    """Return the services unchanged."""
    return services


class World:
    """All parts, connected. Nothing runs until `loop.run`."""

    def __init__(
        self, rng: Random, *, instances: int = 3, width: int = 10, alter: Alter = unaltered
    ) -> None:
        self.loop = Loop(NOW)
        self.trace = Trace()
        self.faults = Faults(rng, self.loop.clock, until=NOW)
        self.wineries: dict[str, Winery] = {}
        self.keys: dict[str, Key] = {}
        self._ids: dict[RecordKey, str] = {}
        self._alter = alter
        self._numbers = count()
        self._vault = SimVault()
        self._file = SqliteFile(":memory:")
        self.postmarks = Postmarks(self.keys)
        self.laws = Laws(self.loop.clock, self._has_taken, self._recheck_of)
        self.meta = SimMeta(self.faults, self.postmarks.look_at)
        self.queues = SimQueues(self._queue, width=width)
        self.fleet = Fleet(instances, start=self._start, loop=self.loop, rng=rng)
        self.scheduler = Scheduler(
            loop=self.loop, faults=self.faults, file=self._file, fleet=lambda: self.fleet
        )
        self.sender = Sender(self.loop, self.faults, lambda: self.fleet)
        self.office = Office(self.loop, self.meta, lambda: self.fleet)

    def stored(self) -> Iterator[str]:
        """Yield all stored data, as text."""
        with self._file.use() as db:
            tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                yield from map(str, db.execute(f"SELECT * FROM {table}"))  # noqa: S608 - our own

    def close(self) -> None:
        """Close the store."""
        self._file.close()

    def services_of(self, instance: Instance) -> Services:
        """Return the services of this instance, with simulated ports."""

        def stored(port: object, name: str, watch: Watch) -> Any:
            return stepped_store(port, instance=instance, name=name, watch=watch)

        tenants = stored(SqliteTenants(self._file), "tenants", self._nudged)
        return self._alter(
            Services(
                events=stored(SqliteEvents(self._file), "events", self._watch),
                tenants=CachedTenants(tenants, clock=self.loop.clock),
                browser_signals=stored(SqliteBrowserSignals(self._file), "signals", self._nudged),
                audit=stored(SqliteAudit(self._file), "audit", self._nudged),
                jobs=stored(SqliteJobs(self._file), "jobs", self._nudged),
                queue=stepped_queue(self.queues, instance=instance),
                conversions=MetaLine(self.meta, instance),
                connections=ScriptedConnections(),
                shops=ShopLine(self.wineries, instance),
                vault=self._vault,
                sessions=SignedSessions(["invented"]),
                callers=OneCaller(),
                mailer=ListMailer(),
                retry=POLICY,
                uninstall_grace=_GRACE,
                clock=self.loop.clock,
                new_id=lambda: f"id-{next(self._numbers)}",
            )
        )

    def expect(self, client: Client, thing: Thing) -> None:
        """Add this object to the winery's shop, and its possible events to the laws."""
        client.things.append(thing)
        self.wineries[client.tenant_id].things[thing.id] = thing
        for name in EventName:
            for chapter in thing.story:
                if chapter.makes is name:
                    self._expect(thing, name)

    def _expect(self, thing: Thing, name: EventName) -> None:
        kind = KINDS[thing.sort]
        key = event_key(thing.tenant_id, kind=kind, object_id=thing.id, name=name)
        self._ids[thing.tenant_id, key] = event_id(name, thing.id)
        self.postmarks.ids[event_id(name, thing.id)] = thing.tenant_id

    def _has_taken(self, record: EventRecord, role: Role) -> bool:
        known = self._ids.get((record.tenant_id, record.key), "")
        return self.postmarks.taken_at(record.tenant_id, known, role) is not None

    def _recheck_of(self, tenant_id: str) -> Recheck:
        tenant = SqliteTenants(self._file).find(tenant_id)
        return tenant.recheck if tenant else Recheck()

    def _watch(self, name: str, given: tuple[object, ...], returned: object) -> None:
        self.laws.watch(name, given, returned)
        self.scheduler.nudge()

    def _nudged(self, _name: str, _given: tuple[object, ...], _returned: object) -> None:
        self.scheduler.nudge()

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
    settings = app_settings(C7_WEBHOOK_USERS=USER)
    app = started_app(services, settings, name=f"simulated instance {slot}")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app
