"""A release day of 1,000 wineries through the whole service, in some minutes.

The day is that of `day_plan.py`, in DAY_SECONDS (300 unless set), so an hour is 12.5 seconds, and
at its busiest some thirty orders a second are made, and as many packed. gunicorn as in production,
with Firestore's emulator, a Cloud Tasks that calls as production's queues do (`cloud_tasks.py`),
the sweep once a minute, and a Meta that answers after 200 ms and refuses the expired tokens. A
webhook that is refused is sent again, as Commerce7 does. What has not arrived when Meta has heard
nothing for longer than the queue's first two pauses is lost. The emulators use the same two cores.
"""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps
from threading import Event, Thread
from time import monotonic

import requests
from google.cloud import firestore

from service.domain.records.record import Status
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.infra.vault import KeyedVault
from tests.bench.cloud_tasks import Seen
from tests.bench.day_plan import Day, PlannedOrder, a_day
from tests.bench.engines import google_engines
from tests.bench.filled import a_winery, emulated, write_all
from tests.bench.measure import Bar, Result, percentile
from tests.bench.orders import buyers
from tests.bench.pace import Answered, Webhook, send
from tests.bench.site import folder, served
from tests.bench.standin import Standin, standin
from tests.bench.troubles import Trouble, in_words, of_log, of_tasks, of_webhooks
from tests.builders import TOKEN
from tests.e2e.harness import Service
from tests.sandbox.orders import OrderKind, an_order, webhook

SEED = 20261128
_NAME = "a release day of 1,000 wineries"
LOST, TROUBLES = f"{_NAME}: lost", f"{_NAME}: refusals and warnings"
SHOP_ORDERS, CLUB_CHARGES = (
    f"{_NAME}: {what} accepted → Meta, p99 of the slowest winery"
    for what in ("shop order", "club charge")
)
_SECONDS = float(os.environ.get("DAY_SECONDS", "300"))
_HOUR = _SECONDS / 24
_META_SECONDS, _SWEEP_SECONDS = 0.2, 60.0
_AGAIN, _AGAIN_AFTER_SECONDS = 3, 5.0
_STILL_SECONDS, _LOOK_AGAIN_SECONDS = 100.0, 0.5
_EXPIRED_TOKEN = "EAAexpiredtoken"
_ORDER_ID, _TENANT_ID = "7f0f5f0e-0000-4000-8000-000000000000", "a-winery-of-the-day"


@dataclass(frozen=True)
class Run:
    """What was seen of the day. `arrivals` are the events at Meta, each as often as it came."""

    day: Day
    begun: float
    answered: list[Answered]
    arrivals: list[tuple[str, float]]
    queues: dict[str, Seen]
    statuses: Counter[Status]
    troubles: list[Trouble]


def measure() -> list[Result]:
    """Return the rows of the day."""
    return results(_run(a_day(SEED)))


def results(run: Run) -> list[Result]:
    """Return the rows of this run."""
    sent, counts = run.day.sent, Counter(event_id for event_id, _ in run.arrivals)
    missing = sum(each.event_id not in counts for each in sent)
    doubled = sum(number > 1 for number in counts.values())
    stray = len(counts.keys() - {each.event_id for each in sent})
    held, skipped = run.statuses[Status.HELD], run.statuses[Status.SKIPPED]
    unkept = abs(len(run.day.held) - held) + abs(len(run.day.skipped) - skipped)
    return [
        Result(
            name=LOST,
            figures=(float(missing + doubled + stray + unkept),),
            unit="events",
            bar=Bar(high=0),
            note=f"of {len(run.day.orders):,} orders, told in {len(run.answered):,} webhooks within"
            f" {_SECONDS:.0f} s: {len(sent) - missing:,} at Meta, {doubled} of them twice;"
            f" {held} held for expired tokens; {skipped} of paused wineries skipped",
        ),
        _slowest(run, SHOP_ORDERS, is_club=False),
        _slowest(run, CLUB_CHARGES, is_club=True),
        _broken(run),
    ]


def _slowest(run: Run, name: str, *, is_club: bool) -> Result:
    """Return the row of the winery whose events of this kind took longest to Meta."""
    accepted: dict[str, float] = {}
    for each in run.answered:
        if each.is_accepted:
            accepted.setdefault(each.event_id, each.at)
    arrived = dict(reversed(run.arrivals))
    waits: dict[str, list[float]] = {}
    for order in run.day.sent:
        if order.is_club_charge is is_club and order.event_id in arrived.keys() & accepted.keys():
            wait = max(0.0, arrived[order.event_id] - accepted[order.event_id])
            waits.setdefault(order.tenant_id, []).append(wait)
    slowest = max(waits, key=lambda tenant_id: percentile(waits[tenant_id], 0.99))
    every = [wait for some in waits.values() for wait in some]
    return Result(
        name=name,
        figures=(percentile(waits[slowest], 0.99),),
        unit="s",
        bar=None if is_club else Bar(high=5),
        note=f"{slowest}; of all {len(waits):,} wineries p50 {percentile(every, 0.5):.2f},"
        f" p99 {percentile(every, 0.99):.2f} s",
    )


def _broken(run: Run) -> Result:
    """Return the row of what was refused; its note says in what order, and what waited longest."""
    name, queue = max(run.queues.items(), key=lambda each: each[1].longest_wait)
    p99 = percentile([each.seconds for each in run.answered], 0.99)
    waited = (
        f"the longest wait of a task was {queue.longest_wait:.1f} s in the queue {name}, after"
        f" {queue.longest_wait_at - run.begun:.0f} s; intake p99 {p99 * 1000:.0f} ms"
    )
    said = in_words(run.troubles) or "nothing was refused and no alarm raised"
    return Result(
        name=TROUBLES,
        figures=(float(len(run.troubles)),),
        unit="refusals and warnings",
        note=f"{said}; {waited}",
    )


def _run(day: Day) -> Run:
    with (
        folder() as data,
        standin(pause=_META_SECONDS) as meta,
        google_engines() as engines,
        emulated(engines.environ) as client,
    ):
        meta.take_only(TOKEN)
        service = Service(
            folder=data, sandbox_url=meta.url, engines=dict(engines.environ), backoff_seconds=30
        )
        _install(day, service, client)
        with served(service) as ours, _sweeping(service) as missed:
            begun, begun_at = monotonic() + 1, datetime.now(UTC)
            answered = _told(ours.url, webhooks_of(day), begun=begun)
            _wait_until_still(meta, wanted=len(day.sent))
            statuses = _statuses(day, client)
        queues = engines.tasks.seen()
        troubles = [
            *of_webhooks(answered, begun=begun),
            *of_tasks(queues, begun=begun),
            *of_log(service.log_file, begun=begun_at),
            *(Trouble(at - begun, "a sweep not answered 200") for at in missed),
        ]
        return Run(day, begun, answered, meta.every_arrival(), queues, statuses, troubles)


def _install(day: Day, service: Service, client: firestore.Client) -> None:
    vault = KeyedVault([service.environ["TOKEN_KEYS"]])
    write_all(
        client,
        (
            document
            for tenant_id in day.wineries
            for document in a_winery(
                tenant_id,
                vault=vault,
                token=_EXPIRED_TOKEN if tenant_id in day.expired else TOKEN,
                enabled=tenant_id not in day.paused,
            )
        ),
    )


def webhooks_of(day: Day) -> list[Webhook]:
    """Return the day's webhooks, in the order of their times."""
    people, now = buyers(), datetime.now(UTC)
    bodies = {
        (kind, action): dumps(webhook(order, action, _TENANT_ID), separators=(",", ":"))
        for kind in OrderKind
        for order in [an_order(kind, order_id=_ORDER_ID, number=7, now=now, person=next(people))]
        for action in ("Create", "Update")
    }

    def told(order: PlannedOrder, action: str, hour: float) -> Webhook:
        body = bodies[order.kind, action].replace(_ORDER_ID, order.order_id)
        return Webhook(hour * _HOUR, order.event_id, body.replace(_TENANT_ID, order.tenant_id))

    every = [told(order, "Create", order.made_at) for order in day.orders]
    every += [told(order, "Update", order.packed_at) for order in day.orders]
    return sorted(every, key=lambda each: each.after)


def _told(url: str, webhooks: list[Webhook], *, begun: float) -> list[Answered]:
    """Send the webhooks, and those again that are refused."""
    answered = send(url, webhooks, begun=begun)
    last = answered
    for _ in range(_AGAIN):
        refused = [told for told, each in zip(webhooks, last, strict=True) if not each.is_accepted]
        if not refused:
            break
        webhooks = [Webhook(0, each.event_id, each.body) for each in refused]
        last = send(url, webhooks, begun=monotonic() + _AGAIN_AFTER_SECONDS)
        answered += last
    return answered


def _wait_until_still(meta: Standin, *, wanted: int) -> None:
    pause, count, since = Event(), meta.count(), monotonic()
    while count < wanted and monotonic() < since + _STILL_SECONDS:
        pause.wait(_LOOK_AGAIN_SECONDS)
        if (seen := meta.count()) > count:
            count, since = seen, monotonic()


def _statuses(day: Day, client: firestore.Client) -> Counter[Status]:
    """Return how many events of expired and paused wineries show each status."""
    events = FirestoreEvents(FirestoreDocuments(client, new_id=lambda: "reader"))
    statuses: Counter[Status] = Counter()
    for tenant_id in day.expired | day.paused:
        statuses.update(events.count(tenant_id))
    return statuses


@contextmanager
def _sweeping(service: Service) -> Iterator[list[float]]:
    """Sweep once a minute, as Cloud Scheduler does; lend the times of sweeps that failed."""
    ended, missed = Event(), list[float]()

    def sweep() -> None:
        while not ended.wait(_SWEEP_SECONDS):
            try:
                is_done = service.call_task("/tasks/sweep").ok
            except requests.RequestException:
                is_done = False
            if not is_done:
                missed.append(monotonic())

    thread = Thread(target=sweep)
    thread.start()
    try:
        yield missed
    finally:
        ended.set()
        thread.join()
