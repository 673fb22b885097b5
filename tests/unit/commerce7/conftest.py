"""The Commerce7 client of this folder's tests."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from service.commerce7.client import Commerce7Shops, RequestLimits
from service.infra.http import Http, Limits
from service.infra.rate_limiter import RateLimiter
from tests.builders import Clock
from tests.unit.commerce7.platform import Platform


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(limits=Limits(connect=1, read=1, total=2, answer_bytes=100_000))
    yield client
    client.close()


@pytest.fixture
def shops(http: Http) -> Callable[..., Commerce7Shops]:
    def make(
        platform: Platform, *, burst: int = 100, checks: int = 100, staff_checks: int = 100
    ) -> Commerce7Shops:
        second = timedelta(seconds=1)
        return Commerce7Shops(
            http,
            api_url=f"{platform.url}/",
            app_id="app",
            app_secret="secret",
            limits=RequestLimits(
                requests=RateLimiter(burst=burst, interval=second),
                access_checks=RateLimiter(burst=checks, interval=second),
                staff_checks=RateLimiter(burst=staff_checks, interval=second),
            ),
            clock=Clock(),
        )

    return make
