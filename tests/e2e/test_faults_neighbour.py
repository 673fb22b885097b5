"""A healthy winery beside one whose pixel fails completely: its delays hardly change."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders import SECOND_PIXEL, TOKEN
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.staging import wire_to_meta
from tests.e2e.traffic import Account, Traffic, account, deliver, numbered_orders

pytestmark = pytest.mark.alone

PER_SECOND = 10
# Faster than any winery sells, and what a pixel that hangs may get.
SLOWLY = 3
SECONDS = {"quiet": 3, "error500": 3, "expired": 3, "hang": 9}
BAR, FAR_BEYOND = 2, 5
# About Meta's real latency; without it, ratios would measure this machine's load.
META_AWAY_SECONDS = 0.15


def run_beside(site: Site, mode: str) -> Account:
    """Send a healthy winery's orders, and as many of a winery whose pixel fails in this mode."""
    neighbour = f"winery-{mode}"
    site.service.command(
        "configure", neighbour, "--pixel-id", SECOND_PIXEL, "--token-stdin",
        "--set", 'currency="USD"', stdin=f"{TOKEN}\n",
    )  # fmt: skip
    if mode != "quiet":
        site.meta.misbehave(mode, times=None, only=SECOND_PIXEL)
    orders = numbered_orders(PER_SECOND * SECONDS[mode])
    pace = SLOWLY if mode == "hang" else PER_SECOND
    failing = numbered_orders(pace * SECONDS[mode], neighbour)
    with ThreadPoolExecutor(2) as pool:
        noise = pool.submit(deliver, site.service.url, failing, per_second=pace)
        traffic: Traffic = deliver(site.service.url, orders, per_second=PER_SECOND)
        noise.result()
    eventually(lambda: account(traffic, site.meta).lost == 0, within=60, pause=0.5)
    site.meta.behave()
    return account(traffic, site.meta)


class TestAHealthyWinery:
    def test_hardly_notices_that_its_neighbour_s_pixel_fails(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        site.service.backoff_seconds = 1.0
        with wire_to_meta(site, delay=META_AWAY_SECONDS):
            site.service.start()
            quiet = run_beside(site, "quiet")
            ratios = {}
            for mode in ("hang", "error500", "expired"):
                result = run_beside(site, mode)
                ratios[mode] = result.p95 / quiet.p95
                publish(
                    f"neighbour-{mode}", **result.numbers,
                    p95_s=result.p95, quiet_p95_s=quiet.p95, ratio=ratios[mode], bar=BAR,
                )  # fmt: skip
                assert (result.lost, result.second_ids) == (0, 0)
        assert all(ratio < BAR * FAR_BEYOND for ratio in ratios.values()), ratios
