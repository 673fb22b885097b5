"""A winery's first day: Commerce7 is out of order, and the shop does not tell its address."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, an_order_webhook, eventually

# The first access check fails at once, the second comes after 15 s.
_PROOF_SECONDS = 60.0


@pytest.fixture
def fresh(site: Site) -> Site:
    """Return a running service that has never heard of the winery."""
    site.service.command("erase", TENANT, "--yes")
    site.service.start()
    return site


def install_during_an_outage(site: Site) -> None:
    """Install the app while Commerce7's API fails, and enter the pixel."""
    site.commerce7.misbehave("error500", times=None)
    assert site.commerce7.change_app("install")["body"] == {"result": "noted"}
    eventually(site.commerce7.calls)
    site.service.configure()


def events_of(site: Site, webhook: dict[str, Any]) -> Callable[[], list[dict[str, Any]]]:
    event_id = f"c7-order-{webhook['payload']['id']}"
    return lambda: site.meta.events(event_id)


class TestAnInstallDuringAnOutage:
    def test_has_its_shop_asked_as_soon_as_it_is_proven(self, fresh: Site) -> None:
        install_during_an_outage(fresh)
        fresh.service.call_task("/tasks/sweep")
        fresh.commerce7.misbehave("ok")
        eventually(lambda: fresh.commerce7.calls("for-web"), within=_PROOF_SECONDS)

        order = an_order_webhook()
        assert fresh.service.tell(order).json() == {"result": "recorded"}
        (event,) = eventually(events_of(fresh, order))
        assert event["custom_data"]["currency"] == "USD"
        assert event["event_source_url"] == "https://shop.example.com/checkout"

    def test_has_the_orders_that_came_before_the_proof_sent_after_it(self, fresh: Site) -> None:
        install_during_an_outage(fresh)
        order = an_order_webhook()
        assert fresh.service.tell(order).json() == {"result": "recorded"}
        assert fresh.service.tell(order).json() == {"result": "duplicate"}
        assert events_of(fresh, order)() == []
        fresh.commerce7.misbehave("ok")
        (event,) = eventually(events_of(fresh, order), within=_PROOF_SECONDS)
        assert event["event_source_url"] == "https://shop.example.com/checkout"
        assert fresh.meta.refusals() == []


class TestAShopThatDoesNotTellItsAddress:
    def test_has_its_web_orders_sent_once_it_is_known(self, fresh: Site) -> None:
        fresh.commerce7.tell_of_itself(url=None)
        assert fresh.commerce7.change_app("install")["body"] == {"result": "noted"}
        eventually(lambda: fresh.commerce7.calls("for-web"))
        fresh.service.configure()
        order = an_order_webhook()
        fresh.service.tell(order)
        fresh.service.sign_in()
        eventually(lambda: [row for row in fresh.service.rows() if "shop address unknown" in row])

        fresh.service.configure("--set", 'shop_domains=["https://www.Château.example"]')
        fresh.service.call_task("/tasks/sweep")
        (event,) = eventually(events_of(fresh, order))
        assert event["event_source_url"] == "https://www.xn--chteau-xta.example/checkout"
        assert fresh.meta.refusals() == []
