"""What an event costs as the store grows: more events of a winery, or more wineries.

Timed is receiving an order and sending it, in one process, in turns on a small and a large SQLite
file. The files are in memory, so that the disk's moods are left out; Meta is a fake that answers at
once. A long log is of one winery. The wineries have their own settings and tokens, have sent events
before, also since the process began, and take turns. On Firestore's emulator, a winery with a long
log takes turns with one with a short log.
GROWTH_EVENTS says how long the longest log is (100,000 unless set; a million take some minutes).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, count, cycle, repeat
from statistics import median
from time import perf_counter
from uuid import uuid4

from cryptography.fernet import Fernet

from service.bootstrap import build_services
from service.domain.copies import replace
from service.domain.delivery.verdict import Verdict
from service.domain.events.event import Event
from service.domain.tenants.progress import Progress, Verified, token_fingerprint
from service.domain.tenants.tenant import Role
from service.infra.clock import utc_now
from service.infra.vault import KeyedVault
from service.ports import Services, Task
from service.settings import Settings
from service.usecases.delivery.send_event import Attempted, send_event
from service.usecases.intake.receive_signal import receive_signal
from tests.bench.engines import a_project, google_environ
from tests.bench.filled import a_winery, an_event, emulated, write_all
from tests.bench.log import fill, rows_of
from tests.bench.measure import Bar, Result, in_turns
from tests.builders import ACCEPTED, TENANT, TOKEN, a_signal, a_tenant, an_order
from tests.emulators import firestore_emulator, warm_up
from tests.files import scratch_folder
from tests.tenants import put, save_token

_LONGEST = int(os.environ.get("GROWTH_EVENTS", "100000"))
_SHORTEST, _WINERIES = 1000, (1, 100, 10_000)
EVENTS_OF_A_TURN = 100
_ROUNDS = 7
_EMULATOR_MEGABYTES = 4096


class _TakesAll:
    """A Meta that accepts every event and remembers none."""

    def send(self, event: Event, **_: str) -> Verdict:  # noqa: ARG002 - the port's name
        """Accept it."""
        return ACCEPTED


class _NoQueue:
    """A queue that takes all tasks and forgets them."""

    def enqueue(self, task: Task) -> None:
        """Take it."""

    def ping(self) -> None:
        """Be there."""


def measure() -> list[Result]:
    """Return the rows of the growth."""
    with ExitStack() as stack:
        short = stack.enter_context(a_store(1, events=_SHORTEST))
        long = stack.enter_context(a_store(1, events=_LONGEST))
        rows = [_result(f"growth: {_LONGEST:,} events beside {_SHORTEST:,}", long, short)]
        for number in _WINERIES[1:]:
            many = stack.enter_context(a_store(number, events=0))
            name = f"growth: {number:,} wineries beside one"
            rows.append(_result(name, many, stack.enter_context(a_store(1, events=0))))
    return [*rows, _on_firestore()]


def _on_firestore() -> Result:
    """Return the row of two wineries on one emulator, of which one has a long log."""
    keys = {"TOKEN_KEYS": Fernet.generate_key().decode(), "SESSION_KEYS": "invented"}
    vault = KeyedVault([keys["TOKEN_KEYS"]])
    with ExitStack() as stack:
        address = stack.enter_context(firestore_emulator(megabytes=_EMULATOR_MEGABYTES))
        warm_up(address)
        path = str(stack.enter_context(scratch_folder()) / "unused.db")
        emulators = google_environ(a_project(), store=address, tasks=address)
        environ = {**emulators, **keys, "SQLITE_PATH": path}
        client = stack.enter_context(emulated(environ))
        for tenant_id, events in (("long", _LONGEST), ("short", _SHORTEST)):
            winery = a_winery(tenant_id, vault=vault)
            write_all(client, chain(winery, map(an_event, rows_of(tenant_id, events))))
        services = replace(
            build_services(Settings.from_env(environ)),
            queue=_NoQueue(),
            conversions=_TakesAll(),
        )
        return _result(
            f"growth: {_LONGEST:,} events beside {_SHORTEST:,} on Firestore's emulator",
            lambda: _seconds_an_event(repeat("long"), services),
            lambda: _seconds_an_event(repeat("short"), services),
        )


def _result(name: str, large: Callable[[], float], small: Callable[[], float]) -> Result:
    large(), small()
    turns = in_turns(large, small, rounds=_ROUNDS)
    return Result(
        name=name,
        figures=turns.ratios,
        bar=Bar(high=1.1),
        ours=f"{median(turns.ours) * 1000:.2f} ms an event",
        reference=f"{median(turns.reference) * 1000:.2f} ms",
    )


@contextmanager
def a_store(wineries: int, *, events: int) -> Iterator[Callable[[], float]]:
    """Lend a function that makes some events in this store, and returns the seconds of one."""
    with scratch_folder() as data:
        keys = {"TOKEN_KEYS": Fernet.generate_key().decode(), "SESSION_KEYS": "invented"}
        path = str(data / "1pixel.db")
        services = replace(
            build_services(Settings.from_env({**keys, "SQLITE_PATH": path})),
            queue=_NoQueue(),
            conversions=_TakesAll(),
        )
        ids = [TENANT] + [f"winery-{number}" for number in range(1, wineries)]
        _set_up(ids, services, keys["TOKEN_KEYS"])
        _look_up(ids, services)
        fill(path, TENANT, events)
        turn = cycle(ids)
        yield lambda: _seconds_an_event(turn, services)


def _set_up(ids: list[str], services: Services, key: str) -> None:
    now, vault = utc_now(), KeyedVault([key])
    plain = a_tenant()
    pixel_id = plain.settings.pixel_of(Role.PRIMARY)
    sent = Verified(at=now, pixel_id=pixel_id, mark=token_fingerprint(TOKEN))
    for tenant_id in ids:
        put(
            services.tenants,
            tenant_id,
            choices=plain.choices,
            shop=plain.shop,
            shop_due_at=now + timedelta(days=1),
            progress=Progress().with_sent(Role.PRIMARY, sent),
        )
        save_token(services.tenants, tenant_id, Role.PRIMARY, vault.seal(tenant_id, TOKEN.encode()))


def _look_up(ids: list[str], services: Services) -> None:
    """Read what an event needs of each winery, as its last one did."""
    for tenant_id in ids:
        assert services.tenants.get_cached(tenant_id)
        token = services.tenants.get_cached_token(tenant_id, Role.PRIMARY)
        assert token
        assert services.vault.unseal(tenant_id, token) == TOKEN.encode()


_numbers = count()


def _seconds_an_event(turn: Iterator[str], services: Services) -> float:
    """Receive and send some events, and return the median time of one."""
    times = []
    for _ in range(EVENTS_OF_A_TURN):
        now, tenant_id = datetime.now(UTC), next(turn)
        order = an_order(id=str(uuid4()), number=str(next(_numbers)), paid_at=now)
        begun = perf_counter()
        received = receive_signal(
            a_signal(order), tenant_id=tenant_id, is_trusted=True, now=now, services=services
        )
        assert received.record is not None
        sent = send_event(tenant_id, received.record.key, role=Role.PRIMARY, services=services)
        times.append(perf_counter() - begun)
        assert sent.attempted is Attempted.FINISHED, sent
    return median(times)
