"""Hostile bodies and floods at /collect: nothing is recorded, and no order suffers."""

import json
import random
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from uuid import UUID

import pytest
import requests

from tests.e2e.conftest import Site
from tests.e2e.harness import LOGIN, TENANT, Service, an_order_webhook, eventually
from tests.e2e.threads import processes_of, threads_free
from tests.e2e.traffic import event_id

pytestmark = pytest.mark.thorough

BODIES = 5000
SENDERS = 4
SHOP = "https://shop.sandbox-winery.example"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
ORDERS = 20
SOON_SECONDS = 2.0
_GROWTH = 1.25


def a_hit(chance: random.Random) -> dict[str, object]:
    return {
        "name": "PageView",
        "id": str(UUID(int=chance.getrandbits(128), version=4)),
        "at": 1_764_230_000_000,
        "url": f"{SHOP}/",
    }


def a_value(chance: random.Random, depth: int = 0) -> object:
    """Return any JSON value that a stranger may think of."""
    plain = [
        None, True, -1, 0, 2**70, 1e308, "", "\u0000", "\ud800", "x" * chance.randrange(3000),
        "<script>alert(1)</script>", "../../../etc/passwd", "fb.1.1.' OR 1=1", "%00", "{{7*7}}",
    ]  # fmt: skip
    if depth < 3 and chance.random() < 0.3:
        inner = [a_value(chance, depth + 1) for _ in range(chance.randrange(5))]
        return inner if chance.random() < 0.5 else dict.fromkeys(map(str, inner), inner)
    return chance.choice(plain)


def a_body(chance: random.Random) -> bytes:
    """Return one hostile body; none of them holds a hit that is whole, of a tenant and its shop."""
    hit = a_hit(chance)
    hit[chance.choice(["name", "id", "url"])] = a_value(chance)
    beacon: dict[str, object] = {"tenant": TENANT, "events": [hit], "fbp": a_value(chance)}
    kinds: list[Callable[[], bytes]] = [
        lambda: chance.randbytes(chance.randrange(600)),
        lambda: json.dumps(beacon).encode(),
        lambda: json.dumps(beacon).encode()[: chance.randrange(60)],
        lambda: json.dumps(beacon | {"tenant": a_value(chance)}).encode(),
        lambda: json.dumps(beacon | {"events": a_value(chance)}).encode(),
        lambda: json.dumps(a_value(chance)).encode(),
        lambda: b'{"tenant":"' + TENANT.encode() + b'","events":' + b"[" * 4000,
        lambda: json.dumps(beacon | {"padding": "x" * 20_000}).encode(),
        lambda: zlib.compress(json.dumps(beacon).encode()),
        lambda: b"",
    ]
    return chance.choice(kinds)()


@dataclass
class Stranger:
    """A sender of beacons; it counts the answers by their status."""

    url: str
    number: int
    session: requests.Session = field(default_factory=requests.Session)
    statuses: Counter[int] = field(default_factory=Counter)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.number)

    def post(self, body: bytes, *, origin: str = SHOP) -> None:
        """Post the body, from another address each time."""
        parts = [self.chance.randrange(1, 250) for _ in range(2)]
        headers = {
            "Origin": origin,
            "User-Agent": PHONE,
            "Content-Type": "text/plain",
            "X-Forwarded-For": f"9.{self.number}.{parts[0]}.{parts[1]}",
        }
        answer = self.session.post(f"{self.url}/collect", data=body, headers=headers, timeout=20)
        assert answer.content == b""
        self.statuses[answer.status_code] += 1

    def post_hostile(self, number: int) -> Counter[int]:
        """Post so many hostile bodies, and return the answers."""
        for _ in range(number):
            self.post(a_body(self.chance))
        return self.statuses

    def forge_until(self, over: Event) -> Counter[int]:
        """Post whole hits of other sites and of invented wineries, and return the answers."""
        while not over.is_set():
            invented = f"invented-{self.chance.randrange(10**6)}"
            tenant, origin = self.chance.choice(
                [(TENANT, f"https://x{self.chance.randrange(10**6)}.example"), (invented, SHOP)]
            )
            beacon = {"tenant": tenant, "events": [a_hit(self.chance)]}
            self.post(json.dumps(beacon).encode(), origin=origin)
        return self.statuses


def memory_of(service: Service) -> int:
    """Return the resident memory of the service's workers, in KiB."""
    return sum(
        int(line.split()[1])
        for process in processes_of(service)
        for line in (Path(process) / "status").read_text().splitlines()
        if line.startswith("VmRSS")
    )


def seconds_of_an_order(site: Site) -> float:
    """Post the webhook of a new order, and return how long its event took to reach Meta."""
    webhook, begun = an_order_webhook(), monotonic()
    url = f"{site.service.url}/webhooks/commerce7"
    requests.post(url, json=webhook, auth=LOGIN, timeout=20).raise_for_status()
    eventually(lambda: site.meta.events(event_id(webhook)))
    return monotonic() - begun


@pytest.fixture
def engines() -> dict[str, str]:
    """Let each sender name its own address, so that the limit per network does not help."""
    return {"TRUSTED_PROXY_HOPS": "1"}


class TestHostileBodies:
    def test_are_answered_alike_and_leave_nothing(
        self, site: Site, measured: Callable[[str], None]
    ) -> None:
        site.service.configure("--set", f'shop_domains=["{SHOP}"]')
        site.service.start()
        begun = monotonic()
        Stranger(site.service.url, 99).post_hostile(300)  # what is loaded once is loaded
        before = memory_of(site.service)
        strangers = [Stranger(site.service.url, number) for number in range(SENDERS)]
        with ThreadPoolExecutor(SENDERS) as pool:
            sent = list(pool.map(lambda one: one.post_hostile(BODIES // SENDERS), strangers))
        after, took = memory_of(site.service), monotonic() - begun
        statuses = sum(sent, Counter[int]())
        measured(
            f"hostile beacons: bodies={statuses.total()} statuses={dict(statuses)}"
            f" took_s={took:.1f} memory_kib={before}->{after}"
        )
        assert set(statuses) == {204}
        assert after < before * _GROWTH
        assert site.meta.events() == []
        seconds_of_an_order(site)
        assert len(site.meta.events()) == 1


class TestAFlood:
    def test_of_forged_tenants_and_sites_harms_no_order(
        self, site: Site, measured: Callable[[str], None]
    ) -> None:
        site.service.configure("--set", f'shop_domains=["{SHOP}"]')
        site.service.start()
        over = Event()
        strangers = [Stranger(site.service.url, number) for number in range(SENDERS)]
        with ThreadPoolExecutor(SENDERS) as pool:
            floods = [pool.submit(each.forge_until, over) for each in strangers]
            try:
                took = [seconds_of_an_order(site) for _ in range(ORDERS)]
                free = threads_free(site.service)
            finally:
                over.set()
            statuses = sum((each.result() for each in floods), Counter[int]())
        measured(
            f"beacon flood: hits={statuses.total()} orders={ORDERS} slowest_s={max(took):.2f}"
            f" bar_s={SOON_SECONDS} threads_free={free}"
        )
        assert set(statuses) == {204}
        assert len(site.meta.events()) == ORDERS
        assert max(took) < SOON_SECONDS
