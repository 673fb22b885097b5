"""Sending webhooks: as many as are answered, by wrk, or so many a second."""

import json
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from time import monotonic
from uuid import UUID, uuid4

import msgspec

from tests.bench.orders import KINDS, buyers
from tests.bench.pace import HEADERS, Answered, Webhook, send
from tests.bench.site import needs
from tests.e2e.harness import TENANT
from tests.sandbox.orders import an_order, webhook

_SCRIPT = Path(__file__).with_name("orders.lua")
_CONNECTIONS = 16
_ID, _NUMBER = str(UUID(int=2**127)), "1234567890"


class Load(msgspec.Struct, frozen=True):
    """What wrk saw."""

    requests: int
    seconds: float
    failed: int
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def templates() -> list[str]:
    """Return webhooks of five different orders of just now, with a mark in place of the id."""
    now, people = datetime.now(UTC), buyers()
    orders = (
        an_order(kind, order_id=_ID, number=int(_NUMBER), now=now, person=next(people))
        for kind in KINDS
    )
    bodies = (
        json.dumps(webhook(order, "Create", TENANT), separators=(",", ":")) for order in orders
    )
    return [body.replace(_ID, "ORDERID") for body in bodies]


def write_templates(data: Path) -> list[Path]:
    """Write them into files for wrk."""
    files = [data / f"order-{number}.json" for number in range(len(KINDS))]
    for file, body in zip(files, templates(), strict=True):
        file.write_text(body)
    return files


def wrk(
    url: str, files: Sequence[Path], *, seconds: int, headers: dict[str, str] | None = None
) -> Load:
    """Send what the files hold, each time with another id, as fast as it is answered.

    Raises:
        RuntimeError: not all was answered 2xx or 3xx.
    """
    given = [f"{name}: {value}" for name, value in (headers or HEADERS).items()]
    command = [needs("wrk"), "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", "-s", str(_SCRIPT), url]
    said = subprocess.run(  # noqa: S603 - our own command
        [*command, "--", token_hex(4), *given, "files", *map(str, files)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    load = msgspec.json.decode(said.strip().splitlines()[-1], type=Load)
    if load.failed or not load.requests:
        raise RuntimeError(f"{load.failed} of {load.requests} requests failed")
    return load


def evenly(
    *, per_second: float, seconds: float, wineries: Sequence[str] = (TENANT,)
) -> list[Webhook]:
    """Return the webhooks of new orders, so many a second, of these wineries in turn."""
    bodies = templates()

    def planned(number: int) -> Webhook:
        order_id = str(uuid4())
        body = bodies[number % len(bodies)].replace("ORDERID", order_id)
        body = body.replace(_NUMBER, str(number + 1))
        body = body.replace(TENANT, wineries[number % len(wineries)])
        return Webhook(number / per_second, f"c7-order-{order_id}", body)

    return [planned(number) for number in range(round(per_second * seconds))]


def send_evenly(url: str, *, per_second: float, seconds: float) -> list[Answered]:
    """Send new orders at this rate; all are accepted."""
    webhooks = evenly(per_second=per_second, seconds=seconds)
    answered = send(url, webhooks, begun=monotonic() + 0.1)
    assert all(each.is_accepted for each in answered), {each.status for each in answered}
    return answered
