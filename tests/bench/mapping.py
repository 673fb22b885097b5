"""From an order webhook's bytes to Meta's request bytes, on one core.

Ours reads the webhook, finds the person, the phone's country and the law that applies, and writes
the request. Meta's SDK and the bare script start from ready-made values of the same events. Five
kinds of orders, of buyers who differ in name, e-mail address, phone number and place.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from service.commerce7.webhook import parse_signal, parse_webhook
from service.domain.events.event import Event
from service.domain.mapping.outcome import Times
from service.domain.mapping.table import outcomes_of
from service.domain.tenants.tenant import Tenant
from service.meta.wire import build_request, encode_request
from tests.bench.measure import Bar, Result, Turns, in_turns
from tests.bench.orders import orders, webhooks
from tests.bench.stopwatch import ROOT, answer_requests, stopwatch
from tests.builders import a_tenant
from tests.sandbox.people import Person

SDK_PYTHON = ROOT / ".venv-bench" / "bin" / "python"
_OURS, _BARE, _SDK = (
    "tests.bench.mapping",
    "tests.bench.references.bare_json",
    "tests.bench.references.meta_sdk",
)
_EVENTS = 3000


def request_of(body: bytes, *, tenant: Tenant, now: datetime) -> bytes:
    """Return the request that Meta gets for this webhook."""
    webhook = parse_webhook(body)
    signal = parse_signal(webhook) if webhook else None
    assert signal is not None
    (found,) = outcomes_of(signal, tenant=tenant, times=Times(now=now, received_at=now))
    assert isinstance(found.outcome, Event)
    return encode_request(build_request(found.outcome))


def measure() -> list[Result]:
    """Return the rows of the mapping."""
    with TemporaryDirectory() as folder:
        raw, normal = Path(folder) / "raw.json", Path(folder) / "normal.json"
        differing = _write_ready_made(raw, normal)
        with (
            stopwatch(sys.executable, _OURS) as ours,
            stopwatch(SDK_PYTHON, _SDK, str(raw)) as sdk,
            stopwatch(sys.executable, _BARE, str(normal)) as bare,
        ):
            for each in (ours, sdk, bare):
                each.seconds(_EVENTS)  # their first round fills caches
            by_sdk = in_turns(lambda: _rate(ours), lambda: _rate(sdk), rounds=7)
            by_bare = in_turns(lambda: _rate(ours), lambda: _rate(bare), rounds=7)
    note = f"{differing} of the SDK's values differ from ours"
    note += " (it keeps accents and punctuation, and does not hash the customer's id)"
    return [
        _result("mapping, against Meta's SDK from ready-made values", by_sdk, Bar(low=1.0), note),
        _result("mapping, against bare hashlib and json", by_bare, Bar(low=0.17), "goal 0.25"),
    ]


def _rate(watch: Any) -> float:
    return float(_EVENTS / watch.seconds(_EVENTS))


def _result(name: str, turns: Turns, bar: Bar, note: str) -> Result:
    return Result(
        name=name,
        figures=turns.ratios,
        bar=bar,
        ours=f"{median(turns.ours):,.0f}/s",
        reference=f"{median(turns.reference):,.0f}/s",
        note=note,
    )


def _write_ready_made(raw: Path, normal: Path) -> int:
    """Write the values for the references; return in how many of them the SDK differs from us."""
    bodies, people = webhooks(), [person for person, _ in orders()]
    tenant, now = a_tenant(), datetime.now(UTC)
    made = [json.loads(request_of(body, tenant=tenant, now=now)) for body in bodies]
    pairs = list(zip(made, people, strict=True))
    raw.write_text(json.dumps([_ready_made(*pair, is_raw=True) for pair in pairs]))
    normal.write_text(json.dumps([_ready_made(*pair, is_raw=False) for pair in pairs]))
    said = subprocess.run(  # noqa: S603 - our own command
        [SDK_PYTHON, "-m", _SDK, str(raw), "--print"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    by_sdk = [json.loads(each)["user_data"] for each in json.loads(said)]
    return sum(map(_differing, by_sdk, (each["data"][0]["user_data"] for each in made)))


def _differing(theirs: dict[str, Any], ours: dict[str, Any]) -> int:
    assert theirs.keys() == ours.keys(), f"{theirs.keys()} {ours.keys()}"
    differing = {key for key in ours if _listed(theirs[key]) != _listed(ours[key])}
    assert differing <= {"fn", "ln", "ct", "external_id"}, differing
    return len(differing)


def _listed(value: Any) -> list[Any]:
    return sorted(value) if isinstance(value, list) else [value]


def _ready_made(request: dict[str, Any], person: Person, *, is_raw: bool) -> dict[str, Any]:
    """Return the request with the person's values in place of our hashes."""
    (event,) = request["data"]
    typed = {
        "em": person.email,
        "ph": person.phone,
        "fn": person.first_name,
        "ln": person.last_name,
        "ct": person.city,
        "st": person.state,
        "zp": person.zip_code,
        "country": person.country,
        "external_id": person.customer_id,
    }
    if not is_raw:
        typed = {key: value.lower() for key, value in typed.items()}
    known = event["user_data"]
    for key in known.keys() & typed.keys():
        assert len(known[key]) == 1, f"{key} has several values"
    user_data = {key: [typed[key]] if key in typed else value for key, value in known.items()}
    return {**request, "data": [{**event, "user_data": user_data}]}


def _time_ours() -> None:
    tenant, now = a_tenant(), datetime.now(UTC)
    answer_requests([partial(request_of, body, tenant=tenant, now=now) for body in webhooks()])


if __name__ == "__main__":
    _time_ours()
