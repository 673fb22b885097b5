"""One sandbox and one service for each test."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.builders import PIXEL, SECOND_PIXEL, TOKEN
from tests.e2e.browser import Desk, chromium, sit_down
from tests.e2e.harness import LOGIN, TENANT, Commerce7, Meta, Service, free_port
from tests.sandbox.app import SandboxConfig, create_sandbox
from tests.sandbox.server import serve


@dataclass(frozen=True)
class Site:
    """The three parts."""

    service: Service
    meta: Meta
    commerce7: Commerce7
    sandbox_url: str


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a configured service that is not started yet, and the sandbox around it."""
    port = free_port()
    config = SandboxConfig(
        service_url=f"http://localhost:{port}",
        webhook_user=LOGIN[0],
        webhook_password=LOGIN[1],
        tenant_id=TENANT,
        pixels={PIXEL: TOKEN, SECOND_PIXEL: TOKEN},
    )
    with serve(create_sandbox(config)) as running:
        service = Service(folder=tmp_path, sandbox_url=running.url, port=port)
        service.configure("--set", 'currency="USD"', "--set", 'shop_domains=["shop.example.com"]')
        try:
            commerce7 = Commerce7(f"{running.url}/commerce7")
            yield Site(service, Meta(f"{running.url}/meta"), commerce7, running.url)
        finally:
            service.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return one browser for all tests that want one."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(site: Site, browser: Browser) -> Iterator[Desk]:
    """Return the owner's screen, with the app open in its frame."""
    site.service.start()
    desk = sit_down(browser, f"{site.sandbox_url}/commerce7/admin/{TENANT}")
    desk.open()
    yield desk
    desk.page.context.close()
