"""How many beacons of the snippet a second are answered.

Each has one page view, of another visitor. A visitor who has a cart is also kept in the store, to
join the order with: the most that a beacon costs. The limits of beacons are lifted, which would
refuse a single sender's. The events are sent an hour later. The reference is a bare Flask route
that reads the body and answers 204.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.beacons import PHONE, SHOP, beacon, hit
from tests.bench.load import wrk
from tests.bench.measure import Bar, Result, in_turns
from tests.bench.site import Served, a_service, folder, reference, served
from tests.bench.standin import standin
from tests.e2e.harness import TENANT, Service

_APP = "tests.bench.apps:without_limits_of_beacons()"
_ROUNDS, _SECONDS, _WARM_UP = 5, 4, 2
_HEADERS = {"Origin": SHOP, "User-Agent": PHONE, "Content-Type": "text/plain"}


def measure() -> list[Result]:
    """Return the rows of the beacons."""
    with folder() as data, standin() as meta:
        service = a_service(data, meta_url=meta.url)
        with served(service, _APP) as ours, reference(data) as bare:
            plain = _measured("`/collect`, a page view", {}, data, (ours, bare))
            assert _kept(service) == 0
            cart = {"cart": "ORDERID"}
            name = "`/collect`, the first page view of a visitor with a cart"
            first = _measured(name, cart, data, (ours, bare))
            assert _kept(service) > 1
    return [plain, first]


def _measured(
    name: str, more: Mapping[str, str], data: Path, servers: tuple[Served, Served]
) -> Result:
    ours, bare = servers
    file = data / "beacon.json"
    file.write_text(_beacon(more))
    _rate(ours.url, file, _WARM_UP)
    _rate(bare.url, file, _WARM_UP)
    turns = in_turns(
        lambda: _rate(ours.url, file, _SECONDS),
        lambda: _rate(bare.url, file, _SECONDS),
        rounds=_ROUNDS,
    )
    return Result(
        name=name,
        figures=turns.ratios,
        bar=Bar(low=0.4),
        ours=f"{median(turns.ours):,.0f}/s",
        reference=f"{median(turns.reference):,.0f}/s",
    )


def _rate(url: str, file: Path, seconds: int) -> float:
    return wrk(f"{url}/collect", [file], seconds=seconds, headers=_HEADERS).rate


def _beacon(more: Mapping[str, str]) -> str:
    """Return a beacon of now; wrk makes the ids of the hit and of the visitor its own."""
    at = int(datetime.now(UTC).timestamp() * 1000)
    visitor = {"fbp": f"fb.1.{at}.1234567890", **more}
    body = beacon(hit(id="ORDERID", at=at), tenant=TENANT, **visitor)
    return json.dumps(body, separators=(",", ":"))


def _kept(service: Service) -> int:
    with closing(sqlite3.connect(service.environ["SQLITE_PATH"])) as db:
        (number,) = db.execute("SELECT COUNT(*) FROM signals").fetchone()
    return int(number)
