"""Commerce7's API hangs: events without a look-up are sent at once, the others later."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.staging import wire_to_meta
from tests.e2e.traffic import Account, account, deliver, numbered_orders

pytestmark = pytest.mark.alone

PER_SECOND, ORDERS, JOINS = 10, 40, 12
BAR, FAR_BEYOND = 2, 5
# About Meta's real latency; without it, ratios would measure this machine's load.
META_AWAY_SECONDS = 0.15


def sell(site: Site) -> Account:
    """Deliver orders that need no look-up, and wait until they are sent."""
    traffic = deliver(site.service.url, numbered_orders(ORDERS), per_second=PER_SECOND)
    eventually(lambda: account(traffic, site.meta).lost == 0, within=60, pause=0.5)
    return account(traffic, site.meta)


class TestACommerce7ThatHangs:
    def test_holds_up_no_sale_and_is_asked_again(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        with wire_to_meta(site, delay=META_AWAY_SECONDS):
            site.service.start()
            quiet = sell(site)
            site.commerce7.misbehave("hang", times=None)
            for _ in range(JOINS):
                site.commerce7.perform("join")
            result = sell(site)
            asked = len(site.commerce7.calls())
            site.commerce7.misbehave("ok")
            joined = eventually(lambda: all_joins(site), within=120)
        ratio = result.p95 / quiet.p95
        publish(
            "commerce7-hangs", **result.numbers,
            p95_s=result.p95, quiet_p95_s=quiet.p95, ratio=ratio, bar=BAR,
            looked_up_later=len(joined), asked_meanwhile=asked,
        )  # fmt: skip
        assert (result.lost, result.second_ids) == (0, 0)
        assert len({event["event_id"] for event in joined}) == JOINS
        assert ratio < BAR * FAR_BEYOND


def all_joins(site: Site) -> list[dict[str, Any]] | None:
    """Return the events of the new memberships, once Meta has all of them."""
    told = [event for event in site.meta.events() if event["event_name"] == "Subscribe"]
    return told if len(told) >= JOINS else None
