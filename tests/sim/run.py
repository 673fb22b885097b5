"""One run of a seed with its checks, and the totals of many runs."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Self

from service.domain.records.record import EventRecord, Status
from tests.sim.final_invariants import FinalInvariants
from tests.sim.log_checker import LogChecker, checked_logs
from tests.sim.objects import CANARY
from tests.sim.simulation import Override, Simulation, no_override
from tests.sim.tenant import SimTenant
from tests.sim.trace import Violation
from tests.sim.workload import Workload, random_workload, set_up

_LONGEST = timedelta(days=8)
_TAIL = 50


@dataclass
class Stats:
    """The totals of one run, or of many."""

    runs: int = 0
    events: int = 0
    accepted_webhooks: int = 0
    webhooks: int = 0
    requests: int = 0
    accepted_requests: int = 0
    task_runs: int = 0
    sweeps: int = 0
    log_lines: int = 0
    steps: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    scenarios: Counter[str] = field(default_factory=Counter)

    def __iadd__(self, other: "Stats") -> Self:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


@dataclass(frozen=True)
class RunResult:
    """The result of one seed. `violation` names the violated invariants, if any."""

    seed: int
    stats: Stats
    digest: str
    violation: str | None
    trace: list[str]

    def __str__(self) -> str:
        if self.violation is None:
            return f"seed {self.seed}: {self.digest}"
        lines = [f"seed {self.seed} violates an invariant: {self.violation}", "the last steps:"]
        lines += [f"  {line}" for line in self.trace]
        return "\n".join([*lines, f"reproduce: python -m tests.sim --from {self.seed} --seeds 1"])


def run_seed(
    seed: int, *, override: Override = no_override, workload: Workload | None = None
) -> RunResult:
    """Run this seed."""
    rng = Random(seed)
    simulation = Simulation(rng, instances=rng.randint(1, 4), override=override)
    violation: str | None = None
    tenants: list[SimTenant] = []
    with checked_logs() as log_checker:
        try:
            tenants = set_up(simulation, workload or random_workload(seed, rng), rng)
            violation = _simulate(simulation, tenants)
        except Violation as error:
            violation = str(error)
    stats = _stats(simulation, tenants, log_checker)
    simulation.close()
    return RunResult(seed, stats, simulation.trace.digest, violation, simulation.trace.tail(_TAIL))


def _simulate(simulation: Simulation, tenants: list[SimTenant]) -> str | None:
    changes = [
        change.at for tenant in tenants for each in tenant.objects for change in each.changes
    ]
    end = max(simulation.faults.until, *changes) + 2 * _LONGEST
    simulation.loop.run(end)
    simulation.request_invariants.check_retry_pace()
    if any(CANARY in each for each in simulation.dump_store()):
        raise Violation("I7: personal data in the store")
    if simulation.queues.waiting:
        raise Violation(f"I8: {simulation.queues.waiting} tasks have no end")
    final_invariants = FinalInvariants(
        webhooks=simulation.webhook_sender.accepted,
        uncleared=simulation.record_invariants.uncleared,
        records=simulation.record_invariants.records,
        accepted_at=simulation.request_invariants.accepted_at,
        refused=simulation.meta.refused,
        repeatedly_rejected=simulation.meta.repeatedly_rejected,
        faults_end_at=simulation.faults.until,
        ends_at=simulation.loop.now,
    )
    violations = [*final_invariants.violations(tenants)]
    for figures in simulation.figure_invariants(tenants):
        violations += figures.violations()
    return "\n".join(violations[:3]) if violations else None


def _stats(simulation: Simulation, tenants: list[SimTenant], log_checker: LogChecker) -> Stats:
    records = simulation.record_invariants.uncleared.values()
    return Stats(
        runs=1,
        events=sum(1 for record in records if record.deliveries),
        accepted_webhooks=len(simulation.webhook_sender.accepted),
        webhooks=simulation.webhook_sender.sent,
        requests=len(simulation.meta.requests),
        accepted_requests=sum(request.is_accepted for request in simulation.meta.requests),
        task_runs=simulation.queues.runs,
        sweeps=simulation.scheduler.sweeps,
        log_lines=log_checker.lines,
        steps=simulation.trace.steps,
        faults=Counter({str(fault): n for fault, n in simulation.faults.counts.items()}),
        duplicates=Counter(simulation.request_invariants.duplicates),
        statuses=Counter(_final_status(record) for record in records),
        scenarios=Counter(tenant.scenario for tenant in tenants),
    )


def _final_status(record: EventRecord) -> str:
    """Return the record's last status; "denied" if the shop denied an unproven webhook."""
    return "denied" if record.status is Status.RECEIVED else str(record.status)
