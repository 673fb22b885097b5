"""`python -m service.preview FILE…`: print what would be sent to Meta for these webhooks.

For support. It parses, maps and encodes as the service does, without network or store.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import structs

from service.commerce7.json_text import NotJsonError
from service.commerce7.payload import CustomerRecord, read_as
from service.commerce7.webhook import parse_signal, parse_webhook
from service.commerce7.wire import parse_customer
from service.domain.copies import replace
from service.domain.events.event import Event
from service.domain.events.half_known import lacks_contact
from service.domain.mapping.outcome import Outcome, Times, Waiting
from service.domain.mapping.table import outcomes_of, rules_for
from service.domain.shop.signal import Fact, Signal
from service.domain.tenants.settings_faults import checked
from service.domain.tenants.shop_facts import missing_fact
from service.domain.tenants.tenant import Pixel, Pixels, Tenant, TenantSettings
from service.infra.clock import utc_now
from service.meta.wire import build_request

# The request is the same for every pixel, so settings without one get this placeholder.
_SOME_PIXEL = Pixels(primary=Pixel(id="0" * 15))


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--settings", "settings_file", metavar="FILE", help="The tenant's settings, as JSON.")
@click.option("--customers", "customers_file", metavar="FILE", help="Customers by id, as JSON.")
@click.option("--now", "at", metavar="TIME", help="When the webhooks come in, in ISO 8601.")
def preview(
    *, files: Sequence[str], settings_file: str | None, customers_file: str | None, at: str | None
) -> None:
    """Print, for each webhook body, the request to the primary pixel, or why there is none.

    FILE is a body, a .jsonl file with one body a line, or - for standard input.
    """
    settings = _read_settings(settings_file)
    customers = _read_customers(customers_file)
    now = _read_time(at) if at else utc_now()
    for file in files:
        for name, body in _bodies(file):
            result = preview_webhook(body, settings=settings, customers=customers, now=now)
            click.echo(msgspec.json.encode({"file": name, **result}))


def preview_webhook(
    body: bytes, *, settings: TenantSettings, customers: Mapping[str, object], now: datetime
) -> dict[str, Any]:
    """Return `event_name` and `request`, or `skipped`, `waiting` or `held` with the reason.

    `customers` holds customer objects by id, in place of the look-up at Commerce7. Without an entry
    the result is what would be sent if the look-up added nothing.
    """
    try:
        webhook = parse_webhook(body)
    except NotJsonError:
        return {"skipped": "not JSON"}
    if webhook is None:
        return {"skipped": "no tenant"}
    signal = parse_signal(webhook)
    if signal is None or not rules_for(signal.kind, signal.action):
        return {"skipped": "no signal that we know"}
    tenant = Tenant(id=webhook.tenant_id, choices=settings)
    known, times = _with_customer(signal, customers), Times(now=now, received_at=now)
    found = outcomes_of(known, tenant=tenant, times=times)
    # A follow-up only changes what is recorded already, and here nothing is.
    return _result_of(next((each.outcome for each in found if not each.is_follow_up), None))


def _result_of(outcome: Outcome | None) -> dict[str, Any]:
    if outcome is None:
        return {"skipped": "no news for us"}
    if not isinstance(outcome, Event):
        return {"waiting" if isinstance(outcome, Waiting) else "skipped": outcome.reason}
    if fact := missing_fact(outcome):
        return {"held": fact.reason}
    return {"event_name": outcome.name, "request": build_request(outcome)}


def _with_customer(signal: Signal[Fact], customers: Mapping[str, object]) -> Signal[Fact]:
    person = signal.fact.person
    known = customers.get(person.customer.id or "")
    if known is None or not lacks_contact(person):
        return signal
    record = parse_customer(read_as(CustomerRecord, known)).person.customer
    customer = structs.replace(record, id=person.customer.id)
    return structs.replace(
        signal, fact=replace(signal.fact, person=structs.replace(person, customer=customer))
    )


def _bodies(file: str) -> Iterator[tuple[str, bytes]]:
    if not file.endswith(".jsonl"):
        yield file, sys.stdin.buffer.read() if file == "-" else _read(file)
        return
    for number, line in enumerate(_read(file).splitlines(), start=1):
        if line.strip():
            yield f"{file}:{number}", line


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise click.FileError(file, error.strerror) from error


def _read_settings(file: str | None) -> TenantSettings:
    if file is None:
        return TenantSettings(pixels=_SOME_PIXEL)
    try:
        given = msgspec.json.decode(_read(file))
        some = {"pixels": msgspec.to_builtins(_SOME_PIXEL)}
        document = some | given if isinstance(given, dict) else given
        settings, faults = checked(msgspec.convert(document, TenantSettings))
    except msgspec.MsgspecError as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="--settings") from error
    for name, sentence in faults.items():
        raise click.BadParameter(f"{file}: {name}: {sentence}", param_hint="--settings")
    return settings


def _read_customers(file: str | None) -> dict[str, object]:
    if file is None:
        return {}
    try:
        return msgspec.json.decode(_read(file), type=dict[str, object])
    except msgspec.MsgspecError as error:
        raise click.BadParameter(f"{file}: {error}", param_hint="--customers") from error


def _read_time(text: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no ISO 8601 time", param_hint="--now") from error
    return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)


if __name__ == "__main__":
    preview()
