"""Slow clients, however many, take no thread, and healthy webhooks are answered at once."""

from collections.abc import Callable
from contextlib import ExitStack
from time import monotonic

import pytest
import requests

from tests.e2e.conftest import Site
from tests.e2e.harness import LOGIN, an_order_webhook, eventually
from tests.e2e.slow_clients import KINDS, Flood, slow_clients
from tests.e2e.threads import threads_free
from tests.e2e.traffic import percentile

pytestmark = pytest.mark.thorough

WEBHOOKS, WITHIN_SECONDS = 40, 1.0
MANY_OF_A_KIND = 25
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


def test_healthy_webhooks_do_not_wait_for_slow_clients_of_any_kind(
    site: Site, measured: Callable[[str], None]
) -> None:
    site.service.start()
    seconds_of_a_webhook(site)
    with ExitStack() as stack:
        floods = {
            kind: stack.enter_context(slow_clients(site.service.port, kind, many=MANY_OF_A_KIND))
            for kind in KINDS
        }
        took = [seconds_of_a_webhook(site) for _ in range(WEBHOOKS)]
        free = threads_free(site.service)
        eventually(lambda: not any(each.open for each in floods.values()), within=40)
    in_time = sum(each < WITHIN_SECONDS for each in took)
    measured(
        f"slow clients: open={MANY_OF_A_KIND * len(KINDS)} in_time={in_time}/{WEBHOOKS} "
        f"p50_s={percentile(took, 0.5):.3f} max_s={max(took):.3f} threads_free={free}"
    )
    assert in_time == WEBHOOKS
    for kind, flood in floods.items():
        check_ends(kind, flood)
    assert seconds_of_a_webhook(site) < WITHIN_SECONDS


def check_ends(kind: str, flood: Flood) -> None:
    """Check that the flood's connections were ended at their deadline, and with which answer."""
    deadline = HEADERS_SECONDS if kind in OF_HEADERS else BODY_SECONDS
    # Beyond what all requests may hold, the largest are refused before their deadline.
    if kind != "large body":
        assert deadline - 1 < min(flood.ended), kind
    assert max(flood.ended) < deadline + LATER, kind
    if kind != "idle":
        assert all(not each or each[9:12] in {b"408", b"503"} for each in flood.answers), kind
