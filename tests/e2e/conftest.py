"""One sandbox and one service for each test."""

import atexit
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.builders import PIXEL, SECOND_PIXEL, TOKEN
from tests.e2e.browser import Desk, chromium, sit_down
from tests.e2e.harness import LOGIN, TENANT, Commerce7, Meta, Service
from tests.e2e.launch import by_fork
from tests.e2e.log_page import Log
from tests.emulators import tasks_emulator
from tests.hooks import MEASURED
from tests.ports import free_port
from tests.sandbox.app import SandboxConfig, create_sandbox
from tests.sandbox.server import serve
from tests.sandbox.state import sandbox as state


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the service's log if a test with a service fails."""
    report = yield
    fixtures = getattr(item, "funcargs", {})
    site = fixtures.get("site")
    if report.when != "call" or not isinstance(site, Site):
        return report
    if report.failed:
        report.sections.append(("the service's log, its end", site.service.last_words()))
        if isinstance(desk := fixtures.get("shut_desk"), Desk):
            report.sections.append(("the app in its frame", desk.what_is_shown()))
    if site.service.dropped:
        told = (
            f"harness: {site.service.dropped} connections closed without an answer: {item.nodeid}"
        )
        report.user_properties.append((MEASURED, told))
    return report


@pytest.fixture
def publish(measured: Callable[[str], None]) -> Callable[..., None]:
    """Return a function that records a staged fault's numbers (see docs/reliability.md)."""

    def keep(staged: str, **numbers: float) -> None:
        told = [f"{name}={value:.4g}" for name, value in numbers.items()]
        measured(" ".join([f"reliability: staged={staged}", *told]))

    return keep


@dataclass(frozen=True)
class Site:
    """A service with the sandbox's Commerce7 and Meta."""

    service: Service
    meta: Meta
    commerce7: Commerce7
    sandbox_url: str
    sandbox: Flask


@pytest.fixture
def engines() -> dict[str, str]:
    """Return the environment variables that choose the engines; a module may override them."""
    return {}


@pytest.fixture
def cloud(firestore_address: str) -> Iterator[dict[str, str]]:
    """Return the environment variables of Google's engines, on empty emulators."""
    project = f"test-{uuid4().hex[:12]}"
    queues = {name: f"projects/{project}/locations/here/queues/{name}" for name in ("send", "bulk")}
    with tasks_emulator(list(queues.values())) as tasks_address:
        yield {
            "STORE": "firestore",
            "QUEUE": "cloud-tasks",
            "GOOGLE_CLOUD_PROJECT": project,
            "FIRESTORE_EMULATOR_HOST": firestore_address,
            "CLOUD_TASKS_EMULATOR_HOST": tasks_address,
            "TASKS_LOCATION": "here",
            "TASKS_QUEUE": "send",
            "TASKS_BULK_QUEUE": "bulk",
            "TASKS_SERVICE_ACCOUNT": "tasks@example.com",
            "TASKS_AUDIENCE": "unused-with-an-emulator",
        }


@pytest.fixture
def pixels() -> dict[str, str]:
    """Return the pixels of the sandbox's Meta, with their tokens; a module may override them."""
    return {PIXEL: TOKEN, SECOND_PIXEL: TOKEN}


def set_up(service: Service) -> None:
    """Configure the winery with a pixel, a currency and a shop."""
    service.configure("--set", 'currency="USD"', "--set", 'shop_domains=["shop.example.com"]')


@cache
def _a_winerys_files() -> Path:
    """Return a folder with a configured winery's database and key; a copy saves a second."""
    folder = Path(mkdtemp())
    atexit.register(rmtree, folder)
    set_up(Service(folder=folder, sandbox_url="http://127.0.0.1:9"))
    return folder


@pytest.fixture
def is_reconciled() -> bool:
    """Tell whether Commerce7's lists tell of changes; a module may override it.

    Here they are read every few seconds, so they would tell what a test keeps from the service.
    """
    return False


@contextmanager
def a_site(
    folder: Path,
    engines: dict[str, str],
    pixels: dict[str, str] | None = None,
    *,
    is_reconciled: bool = False,
) -> Iterator[Site]:
    """Lend a configured service that is not started yet, and its sandbox."""
    port = free_port()
    config = SandboxConfig(
        service_url=f"http://localhost:{port}",
        webhook_user=LOGIN[0],
        webhook_password=LOGIN[1],
        tenant_id=TENANT,
        pixels=pixels or {PIXEL: TOKEN, SECOND_PIXEL: TOKEN},
    )
    sandbox = create_sandbox(config)
    with sandbox.app_context():
        state().commerce7.lists.is_silent = not is_reconciled
    with serve(sandbox) as running:
        service = Service(
            folder=folder, sandbox_url=running.url, port=port, engines=engines, launch=by_fork
        )
        if engines:
            set_up(service)
        else:
            copytree(_a_winerys_files(), folder, dirs_exist_ok=True)
        try:
            commerce7 = Commerce7(f"{running.url}/commerce7")
            meta = Meta(f"{running.url}/meta")
            yield Site(service, meta, commerce7, running.url, sandbox)
        finally:
            service.kill()


@pytest.fixture
def site(
    tmp_path: Path, engines: dict[str, str], pixels: dict[str, str], *, is_reconciled: bool
) -> Iterator[Site]:
    """Return a configured service that is not started yet, and its sandbox."""
    with a_site(tmp_path, engines, pixels, is_reconciled=is_reconciled) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return the browser that all tests share."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def shut_desk(site: Site, browser: Browser) -> Iterator[Desk]:
    """Return the owner's desk, which shows nothing yet."""
    site.service.start()
    desk = sit_down(browser, f"{site.sandbox_url}/commerce7/admin/{TENANT}")
    yield desk
    desk.page.context.close()


@pytest.fixture
def desk(shut_desk: Desk) -> Desk:
    """Return the owner's desk, with the app open in its frame."""
    return shut_desk.open()


@pytest.fixture
def log(site: Site, shut_desk: Desk) -> Iterator[Log]:
    """Return the Event Log on the owner's desk, with a clock that can be advanced."""
    shut_desk.page.clock.install()
    shut_desk.open()
    yield Log(shut_desk, site.service)
    assert shut_desk.complaints == []
