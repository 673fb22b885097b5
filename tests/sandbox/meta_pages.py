"""The page with Meta's received requests, and with buttons for its faults."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tests.sandbox import fault_control
from tests.sandbox.inbox import Arrival, Receipt, summary
from tests.sandbox.meta_faults import DESCRIPTIONS, TAKES_EVENTS
from tests.sandbox.meta_user_data_rules import match_keys
from tests.sandbox.state import sandbox

_SHOWN = 100

blueprint = Blueprint("meta_pages", __name__, url_prefix="/meta")


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the list: an event, or a request without any."""

    at: str
    name: str
    event_id: str
    value: str
    source: str
    page: str
    pixel: str
    keys: str
    verdict: str
    is_good: bool


@blueprint.get("/")
def window() -> str:
    """Show the received requests, newest first."""
    meta = sandbox().meta
    receipts = meta.inbox.receipts()
    rows = [row for receipt in reversed(receipts[-_SHOWN:]) for row in _rows(receipt)]
    return render_template(
        "meta.html",
        counts=summary(receipts)["counts"],
        rows=rows[:_SHOWN],
        browser_events=meta.browsers.all()[::-1][:_SHOWN],
        faults=meta.faults,
        quality=meta.quality,
        offline=meta.offline,
        is_paused="paused" in request.args,
    )


@blueprint.post("/")
def press() -> Response:
    """Plan a button's fault, then show the page anew."""
    fault_control.plan_from_form(sandbox().meta.faults)
    return redirect(url_for("meta_pages.window"), 303)


def _rows(receipt: Receipt) -> list[EventRow]:
    arrival = receipt.arrival
    if not arrival.events:
        return [_row(arrival, {}, repeat=False)]
    pairs = zip(arrival.events, receipt.repeated, strict=True)
    return [_row(arrival, event, repeat=repeat) for event, repeat in pairs]


def _row(arrival: Arrival, event: dict[str, Any], *, repeat: bool) -> EventRow:
    return EventRow(
        at=f"{arrival.at:%H:%M:%S}",
        name=str(event.get("event_name", "")),
        event_id=str(event.get("event_id", "")),
        value=_value(event.get("custom_data")),
        source=str(event.get("action_source", "")),
        page=str(event.get("event_source_url", "")),
        pixel=arrival.pixel,
        keys=", ".join(match_keys(event)),
        verdict=_verdict(arrival, repeat=repeat),
        is_good=arrival.accepted and not repeat,
    )


def _value(custom_data: object) -> str:
    if not isinstance(custom_data, dict) or "value" not in custom_data:
        return ""
    return f"{custom_data['value']} {custom_data.get('currency', '')}".rstrip()


def _verdict(arrival: Arrival, *, repeat: bool) -> str:
    if arrival.accepted:
        word = "Accepted again" if repeat else "Accepted"
        word += f" as a test ({arrival.test_code})" if arrival.test_code else ""
    elif arrival.fault in {None, *TAKES_EVENTS}:
        word = f"Refused: {_refusal(arrival.answer)}"
    else:
        word = "Not taken"
    return f"{word}, as told: {DESCRIPTIONS[arrival.fault]}" if arrival.fault else word


def _refusal(answer: Any) -> str:
    error = answer["error"]
    codes = (error["code"], error.get("error_subcode"))
    return f"{'/'.join(str(code) for code in codes if code)} {_reason(error)}"


def _reason(error: dict[str, Any]) -> str:
    return str(error.get("error_user_title", error["message"]))
