"""Simulated shoppers against the real service: their hits and orders come to Meta as they are."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.sandbox.drive_shoppers import Driver
from tests.sandbox.shoppers import Beacon, Sale, Step, plan

SHOP = "https://shop.example.com"


@pytest.fixture
def engines() -> dict[str, str]:
    """Return a service behind a front end that names the shoppers' addresses."""
    return {"TRUSTED_PROXY_HOPS": "1"}


def test_each_hit_and_each_order_is_reported_with_its_own_browser(site: Site) -> None:
    site.service.start()
    planned = plan(20, seed=3, begun=datetime.now(UTC) - timedelta(minutes=40), shop_url=SHOP)
    driver = Driver(
        service_url=site.service.url,
        sandbox_url=site.sandbox_url,
        shop_url=SHOP,
        tenant_id=TENANT,
    )
    driver.drive(planned)

    hits = [step for step in planned.steps if isinstance(step, Beacon)]
    sales = [step for step in planned.steps if isinstance(step, Sale)]
    by_id: dict[str, Step] = {each["id"]: hit for hit in hits for each in hit.body["events"]}
    by_id |= {f"c7-order-{sale.cart_id}": sale for sale in sales}

    def arrived() -> list[dict[str, Any]] | None:
        events = site.meta.events()
        return events if len(events) == len(by_id) else None

    events = eventually(arrived)
    assert Counter(event["event_id"] for event in events) == Counter(list(by_id))
    for event in events:
        step, user = by_id[event["event_id"]], event["user_data"]
        assert (user["client_ip_address"], user["client_user_agent"]) == (step.ip, step.user_agent)
        if isinstance(step, Beacon):
            assert user.get("fbc") == step.body.get("fbc")
    assert {truth.order_id for truth in planned.truth} == {sale.cart_id for sale in sales}
    assert site.meta.refusals() == []
