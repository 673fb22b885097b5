"""Slow clients, however many, take no thread, and healthy webhooks are answered at once."""

from collections.abc import Callable
from time import monotonic

import pytest
import requests

from tests.e2e.conftest import Site
from tests.e2e.harness import LOGIN, an_order_webhook, eventually
from tests.e2e.slow_clients import KINDS, slow_clients
from tests.e2e.traffic import percentile

pytestmark = pytest.mark.thorough

WEBHOOKS, WITHIN_SECONDS = 20, 1.0
HEADERS_SECONDS, BODY_SECONDS, LATER = 10.0, 20.0, 6.0
OF_HEADERS = {"idle", "request line", "headers"}


def seconds_of_a_webhook(site: Site) -> float:
    """Deliver a webhook on a connection of its own; return how long its answer took."""
    begun = monotonic()
    answer = requests.post(
        f"{site.service.url}/webhooks/commerce7", json=an_order_webhook(), auth=LOGIN, timeout=20
    )
    assert answer.json() == {"result": "recorded"}
    return monotonic() - begun


@pytest.mark.parametrize("many", [16, 200])
@pytest.mark.parametrize("kind", KINDS)
def test_a_healthy_webhook_does_not_wait_for_slow_clients(
    site: Site, kind: str, many: int, measured: Callable[[str], None]
) -> None:
    site.service.start()
    seconds_of_a_webhook(site)
    with slow_clients(site.service.port, kind, many=many) as flood:
        took = [seconds_of_a_webhook(site) for _ in range(WEBHOOKS)]
        deadline = HEADERS_SECONDS if kind in OF_HEADERS else BODY_SECONDS
        eventually(lambda: not flood.open, within=deadline + LATER)
    in_time = sum(each < WITHIN_SECONDS for each in took)
    measured(
        f"slow clients: kind={kind.replace(' ', '-')} open={many} in_time={in_time}/{WEBHOOKS} "
        f"p50_s={percentile(took, 0.5):.3f} max_s={max(took):.3f} "
        f"ended_after_s={min(flood.ended):.1f}..{max(flood.ended):.1f}"
    )
    assert in_time == WEBHOOKS
    # Beyond what all requests may hold, the largest are refused before their deadline.
    if kind != "large body":
        assert min(flood.ended) > deadline - 1
    if kind != "idle":
        assert all(not each or each[9:12] in {b"408", b"503"} for each in flood.answers)
    assert seconds_of_a_webhook(site) < WITHIN_SECONDS
