"""Strangers open the dashboard again and again, while Commerce7 hangs and while it is well."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest
import requests

from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT
from tests.e2e.threads import THREADS, threads_free
from tests.e2e.traffic import deliver, numbered_orders

pytestmark = pytest.mark.alone

SECONDS, PER_SECOND = 10, 6
ANSWERED_WITHIN = 5.0
READY_CALLERS, READY_CALLS = 8, 25


def knock(site: Site, number: int) -> int:
    """Open the winery's dashboard with an invented token, and return the answer's status."""
    query = {"tenantId": TENANT, "account": f"an.invented.token{number}"}
    return requests.get(f"{site.service.url}/", params=query, timeout=60).status_code


def knock_all_the_while(site: Site, pool: ThreadPoolExecutor) -> list[Future[int]]:
    """Open the dashboard at an even pace, and return the answers."""
    began, answers = monotonic(), []
    for number in range(SECONDS * PER_SECOND):
        Event().wait(max(0.0, began + number / PER_SECOND - monotonic()))
        answers.append(pool.submit(knock, site, number))
    return answers


class TestACommerce7ThatHangs:
    def test_lets_no_webhook_wait_behind_strangers(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        site.service.start()
        site.commerce7.misbehave("hang", times=None)
        with ThreadPoolExecutor(64) as pool:
            flood = pool.submit(knock_all_the_while, site, pool)
            slowest, refused, free = 0.0, 0, float(THREADS)
            while not flood.done():
                began = monotonic()
                traffic = deliver(site.service.url, numbered_orders(1), is_stubborn=False)
                slowest = max(slowest, monotonic() - began)
                free = min(free, threads_free(site.service))
                refused += traffic.answers.total() - len(traffic.accepted)
                Event().wait(0.5)
            answers = Counter(each.result(60) for each in flood.result())
        site.commerce7.misbehave("ok")
        publish(
            "frames-while-commerce7-hangs", frames=sum(answers.values()), slowest_webhook_s=slowest,
            threads_free=free,
            turned_away=answers[503] + answers[429], asked=len(site.commerce7.calls("account")),
        )  # fmt: skip
        assert refused == 0
        assert slowest < ANSWERED_WITHIN
        assert set(answers) <= {429, 503}


class TestAReadinessCheck:
    def test_asked_by_anybody_all_the_time_stays_quick(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        site.service.start()

        def look(_: int) -> Counter[int]:
            with requests.Session() as session:
                url = f"{site.service.url}/readyz"
                return Counter(session.get(url, timeout=30).status_code for _ in range(READY_CALLS))

        began = monotonic()
        with ThreadPoolExecutor(READY_CALLERS) as pool:
            answers = sum(pool.map(look, range(READY_CALLERS)), Counter[int]())
        publish("readyz", calls=answers.total(), seconds=monotonic() - began)
        assert answers == {200: READY_CALLERS * READY_CALLS}
