"""All requests that Meta has received, accepted or not, with repeated events marked."""

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from tests.sandbox.meta_faults import FaultMode

_KEPT = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request to the events edge and its answer; only the answer may hold a token, a wrong one.

    `status` is `None` if the connection was dropped. `accepted` is whether Meta has the events,
    even if the client got no answer.
    """

    at: datetime
    version: str
    pixel: str
    body: Any
    status: int | None
    answer: Any
    accepted: bool
    fault: FaultMode | None

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events in the body, if any."""
        data = self.body.get("data") if isinstance(self.body, dict) else None
        return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []

    @property
    def test_code(self) -> str:
        """The code that sends the events to Meta's Test Events; empty for real ones."""
        code = self.body.get("test_event_code", "") if isinstance(self.body, dict) else ""
        return code if isinstance(code, str) else ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An arrival; `repeated` holds for each event whether it was accepted before."""

    arrival: Arrival
    repeated: tuple[bool, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as the control API shows it."""
        arrival = self.arrival
        return {
            "at": arrival.at.isoformat(),
            "version": arrival.version,
            "pixel": arrival.pixel,
            "verdict": "accepted" if arrival.accepted else "refused",
            "fault": arrival.fault,
            "status": arrival.status,
            "answer": arrival.answer,
            "event_ids": [event.get("event_id") for event in arrival.events],
            "event_names": [event.get("event_name") for event in arrival.events],
            "repeats": sum(self.repeated),
            "body": arrival.body,
        }

    def accepted_events(self) -> Iterator[dict[str, Any]]:
        """Yield the accepted events, each with its pixel, its time, and whether it is a repeat."""
        if not self.arrival.accepted:
            return
        code = self.arrival.test_code
        for event, repeat in zip(self.arrival.events, self.repeated, strict=True):
            yield (
                event
                | ({"test_event_code": code} if code else {})
                | {
                    "pixel": self.arrival.pixel,
                    "received_at": self.arrival.at.isoformat(),
                    "repeat": repeat,
                }
            )


class Inbox:
    """The last requests, oldest first. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._receipts: deque[Receipt] = deque(maxlen=_KEPT)
        self._taken: dict[tuple[str, str, str], None] = {}

    def keep(self, arrival: Arrival) -> None:
        """Record an arrival."""
        with self._lock:
            repeated = tuple(
                arrival.accepted and self._was_taken(arrival.pixel, event)
                for event in arrival.events
            )
            self._receipts.append(Receipt(arrival, repeated))

    def receipts(self) -> list[Receipt]:
        """Return the recorded requests, oldest first."""
        with self._lock:
            return list(self._receipts)

    def names_of(self, pixel: str) -> set[str]:
        """Return the names of the events that this pixel has accepted; tests do not count."""
        taken = [each for receipt in self.receipts() for each in receipt.accepted_events()]
        own = [each for each in taken if each["pixel"] == pixel and "test_event_code" not in each]
        return {str(each["event_name"]) for each in own}

    def clear(self) -> None:
        """Delete the record, and the memory of accepted events."""
        with self._lock:
            self._receipts.clear()
            self._taken.clear()

    def _was_taken(self, pixel: str, event: Mapping[str, Any]) -> bool:
        """Accept an event; return whether one of its pixel, name and id was accepted before."""
        if "event_id" not in event:
            return False
        key = (pixel, event["event_name"], event["event_id"])
        if key in self._taken:
            return True
        self._taken[key] = None
        if len(self._taken) > _KEPT:
            del self._taken[next(iter(self._taken))]
        return False


def summary(receipts: list[Receipt]) -> dict[str, Any]:
    """Return the record as the control API shows it; test events are separate, with their code."""
    taken = [event for receipt in receipts for event in receipt.accepted_events()]
    events = [event for event in taken if "test_event_code" not in event]
    tests = [event for event in taken if "test_event_code" in event]
    return {
        "requests": [receipt.as_json() for receipt in receipts],
        "events": events,
        "test_events": tests,
        "counts": {
            "accepted": len(events),
            "tests": len(tests),
            "refused": sum(not receipt.arrival.accepted for receipt in receipts),
            "repeats": sum(event["repeat"] for event in events),
        },
    }


def readable(body: bytes) -> Any:
    """Return a body decoded from JSON, or else as text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
