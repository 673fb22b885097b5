"""A club run charges thousands within an hour; the orders of shoppers keep their pace."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.staging import log_of, wire_to_meta
from tests.e2e.traffic import Account, account, deliver, numbered_orders

CHARGES = int(os.environ.get("CLUB_CHARGES", "1000"))
"""`CLUB_CHARGES=5000` stages the run of a large winery."""

ORDERS, A_SECOND = 60, 5.0
META_SECONDS = 0.1
"""So Meta's answers decide how long the run takes, not the machine."""

MOST_SLOWER = 2.0
_NOTHING_SECONDS = 0.1
"""A delay below which the machine's own noise counts for more."""


def club_charges(number: int) -> list[dict[str, Any]]:
    """Return the webhooks of a club run."""
    charges = numbered_orders(number)
    for each in charges:
        each["payload"]["channel"] = "Club"
    return charges


def orders_meanwhile(site: Site) -> Account:
    """Let shoppers order at an even pace, and return how long their events took."""
    traffic = deliver(site.service.url, numbered_orders(ORDERS), per_second=A_SECOND)
    eventually(lambda: account(traffic, site.meta).lost == 0, pause=0.5)
    return account(traffic, site.meta)


@pytest.mark.alone
def test_a_club_run_keeps_no_shoppers_order_waiting(
    site: Site, publish: Callable[..., None]
) -> None:
    with wire_to_meta(site, delay=META_SECONDS):
        site.service.start()
        quiet = orders_meanwhile(site)
        deliver(site.service.url, club_charges(CHARGES))
        left = log_of(site.service).get("queued", 0)
        busy = orders_meanwhile(site)
        still_left = log_of(site.service).get("queued", 0)
    publish(
        "club-run", charges=CHARGES, queued_before=left, queued_after=still_left,
        quiet_p95_s=quiet.p95, busy_p95_s=busy.p95, delivered=busy.delivered,
    )  # fmt: skip
    assert still_left > 0, "the charges were over before the orders came"
    assert busy.p95 <= MOST_SLOWER * max(quiet.p95, _NOTHING_SECONDS)
