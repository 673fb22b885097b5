"""Many webhooks from many senders, and an account of their events."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Event, Lock
from time import monotonic
from typing import Any

import requests

from tests.e2e.harness import LOGIN, Meta, an_order_webhook

SENDERS = 8
_REPEAT_AFTER_SECONDS = 0.1
_ANSWER_WITHIN_SECONDS = 20.0
_CUT = "cut"
_numbers = count(1000)


def numbered_orders(how_many: int, tenant_id: str | None = None) -> list[dict[str, Any]]:
    """Return Create webhooks of new web orders, each with its own order number."""
    orders = [an_order_webhook(orderNumber=next(_numbers)) for _ in range(how_many)]
    return [order | ({"tenantId": tenant_id} if tenant_id else {}) for order in orders]


def event_id(webhook: dict[str, Any]) -> str:
    """Return the only valid id of the webhook's event."""
    return f"c7-order-{webhook['payload']['id']}"


@dataclass
class Traffic:
    """The answers to the senders: the time of each event's acceptance, and counts by status.

    A connection that broke before its answer counts as `cut`.
    """

    accepted: dict[str, datetime] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    @property
    def server_errors(self) -> int:
        """The number of 5xx answers."""
        return sum(number for answer, number in self.answers.items() if answer.startswith("5"))

    @property
    def repeats(self) -> int:
        """The number of repeated deliveries."""
        return self.answers.total() - len(self.accepted)


def deliver(
    url: str,
    webhooks: Sequence[dict[str, Any]],
    *,
    per_second: float | None = None,
    traffic: Traffic | None = None,
    is_stubborn: bool = True,
) -> Traffic:
    """Deliver webhooks as Commerce7 does: one that is not answered 2xx is repeated later.

    `per_second` paces them evenly; without it they are sent as fast as they are answered.
    """
    traffic, started = traffic or Traffic(), monotonic()
    places = iter(enumerate(webhooks))
    lock = Lock()

    def send_until_empty() -> None:
        with requests.Session() as session:
            while place := _next(places, lock):
                number, webhook = place
                if per_second:
                    Event().wait(max(0.0, started + number / per_second - monotonic()))
                while not _is_taken(session, url, webhook, traffic) and is_stubborn:
                    Event().wait(_REPEAT_AFTER_SECONDS)

    with ThreadPoolExecutor(SENDERS) as pool:
        for sender in [pool.submit(send_until_empty) for _ in range(SENDERS)]:
            sender.result()
    return traffic


def _next(
    places: Iterator[tuple[int, dict[str, Any]]], lock: Lock
) -> tuple[int, dict[str, Any]] | None:
    with lock:
        return next(places, None)


def _is_taken(
    session: requests.Session, url: str, webhook: dict[str, Any], traffic: Traffic
) -> bool:
    body = json.dumps(webhook).encode()
    answer: str
    try:
        status = session.post(
            f"{url}/webhooks/commerce7", data=body, auth=LOGIN, timeout=_ANSWER_WITHIN_SECONDS
        ).status_code
        answer = str(status)
    except requests.RequestException:
        answer = _CUT
    with traffic.lock:
        traffic.answers[answer] += 1
        if answer == "200":
            traffic.accepted.setdefault(event_id(webhook), datetime.now(UTC))
    return answer == "200"


@dataclass(frozen=True)
class Account:
    """A comparison of the accepted events with those that Meta has."""

    accepted: int
    delivered: int
    second_ids: int
    repeated_posts: int
    delays: tuple[float, ...]

    @property
    def lost(self) -> int:
        """The number of accepted events that never reached Meta."""
        return self.accepted - self.delivered

    @property
    def longest_hold(self) -> float:
        """The longest time from acceptance to Meta, in seconds."""
        return max(self.delays, default=0.0)

    @property
    def numbers(self) -> dict[str, float]:
        """The published numbers."""
        return {
            "accepted": self.accepted,
            "delivered": self.delivered,
            "lost": self.lost,
            "second_ids": self.second_ids,
            "repeated_posts": self.repeated_posts,
            "longest_hold_s": self.longest_hold,
        }

    @property
    def p95(self) -> float:
        """The 95th percentile of the times from acceptance to Meta, in seconds."""
        return percentile(self.delays, 0.95)


def account(traffic: Traffic, meta: Meta) -> Account:
    """Compare the accepted events with those that Meta took."""
    events = meta.events()
    first: dict[str, datetime] = {}
    ids: dict[str, set[str]] = {}
    for event in events:
        first.setdefault(event["event_id"], datetime.fromisoformat(event["received_at"]))
        ids.setdefault(event["custom_data"]["order_id"], set()).add(event["event_id"])
    arrived = {key: first[key] for key in traffic.accepted if key in first}
    zero = timedelta(0)  # Meta may have the event before the sender has read our answer
    return Account(
        accepted=len(traffic.accepted),
        delivered=len(arrived),
        second_ids=sum(len(each) - 1 for each in ids.values()),
        repeated_posts=sum(event["repeat"] for event in events),
        delays=tuple(
            max(at - traffic.accepted[key], zero).total_seconds() for key, at in arrived.items()
        ),
    )


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that this part of the values does not exceed."""
    ranked = sorted(values)
    return ranked[max(0, round(part * len(ranked)) - 1)] if ranked else 0.0
