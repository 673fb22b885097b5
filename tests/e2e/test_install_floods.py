"""Floods of forged installs and uninstalls, and what true ones and sales come to meanwhile."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from statistics import median
from threading import Event
from time import monotonic

import pytest

from service.domain.tenants.installation import InstallState
from service.local.file import SqliteFile
from service.local.tenants import SqliteTenants
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, an_order_webhook, eventually
from tests.e2e.threads import threads_free
from tests.e2e.traffic import Traffic, account, deliver, numbered_orders

pytestmark = pytest.mark.thorough

STRANGER, COMMERCE7 = "198.51.100.9", "203.0.113.7"
FLOOD_SECONDS = 20
ORDERS_PER_SECOND = 5

Report = Callable[[int], None]
Stop = Callable[[], None]


@pytest.fixture
def engines() -> dict[str, str]:
    """Return a service behind a front end, which says who calls."""
    return {"TRUSTED_PROXY_HOPS": "1"}


@pytest.fixture
def state_of(site: Site) -> Iterator[Callable[[str], InstallState | None]]:
    """Return a function that reads a winery's state from the service's file."""
    with closing(SqliteFile(site.service.environ["SQLITE_PATH"])) as file:
        tenants = SqliteTenants(file)

        def read(tenant_id: str) -> InstallState | None:
            found = tenants.find(tenant_id)
            return found.installation.state if found else None

        yield read


def an_address(number: int) -> str:
    return f"2001:db8:{number:x}::1"


@contextmanager
def flood(report: Report, *, per_second: float) -> Iterator[Stop]:
    """Report at this pace from several threads until the block ends."""
    over, started = Event(), monotonic()

    def report_every(first: int, step: int) -> None:
        number = first
        while not over.wait(max(0.0, started + number / per_second - monotonic())):
            report(number)
            number += step

    with ThreadPoolExecutor(4) as pool:
        senders = [pool.submit(report_every, first, 4) for first in range(4)]
        try:
            yield over.set
        finally:
            over.set()
        for sender in senders:
            sender.result()


def checks_of(site: Site, tenant_id: str) -> int:
    calls = site.commerce7.calls("/order")
    return sum(call["tenant"] == tenant_id and call["path"].endswith("/order") for call in calls)


class TestForgedUninstalls:
    def test_hold_no_event_of_a_healthy_winery_and_hide_no_true_one(
        self,
        site: Site,
        state_of: Callable[[str], InstallState | None],
        measured: Callable[[str], None],
    ) -> None:
        service, samples = site.service, Counter[InstallState | None]()
        service.start()

        def forge(number: int) -> None:
            service.report("uninstall", TENANT, address=an_address(number))

        for number in range(45):
            forge(number)
        orders = numbered_orders(FLOOD_SECONDS * ORDERS_PER_SECOND)
        with flood(forge, per_second=5), ThreadPoolExecutor(1) as pool:
            selling = pool.submit(deliver, service.url, orders, per_second=ORDERS_PER_SECOND)
            while not selling.done():
                samples[state_of(TENANT)] += 1
                Event().wait(0.1)
            traffic: Traffic = selling.result()
            free = threads_free(service)
            eventually(lambda: account(traffic, site.meta).lost == 0)
            asked, result = checks_of(site, TENANT), account(traffic, site.meta)
            left = monotonic()
            site.commerce7.change_app("uninstall")
            eventually(lambda: state_of(TENANT) is InstallState.REMOVED, within=150, pause=0.5)
            removed_after = monotonic() - left
        held = samples[InstallState.HELD] / samples.total()
        measured(
            f"forged uninstalls: held={held:.0%} of {samples.total()} samples,"
            f" sent={result.delivered}/{result.accepted}, p95={result.p95:.2f} s,"
            f" checks={asked}, a true one took {removed_after:.0f} s, threads free={free}"
        )
        assert held == 0
        assert (result.lost, result.accepted) == (0, len(orders))
        assert asked <= 4


class TestForgedInstalls:
    @pytest.mark.parametrize("networks", [1, 1000])
    def test_leave_room_for_true_ones_and_are_asked_about_twice_at_most(
        self,
        site: Site,
        state_of: Callable[[str], InstallState | None],
        measured: Callable[[str], None],
        networks: int,
    ) -> None:
        service, answers = site.service, Counter[int]()
        service.start()
        true = [f"true-winery-{number}" for number in range(10)]

        def forge(number: int) -> None:
            address = an_address(number) if networks > 1 else STRANGER
            # Every invented winery is reported again and again.
            name = f"invented-{number % 150}"
            answers[service.report("install", name, address=address).status_code] += 1

        orders = numbered_orders(FLOOD_SECONDS * ORDERS_PER_SECOND)
        with flood(forge, per_second=10), ThreadPoolExecutor(1) as pool:
            selling = pool.submit(deliver, service.url, orders, per_second=ORDERS_PER_SECOND)
            statuses = []
            for name in true:
                site.commerce7.add_winery(name)
                statuses.append(service.report("install", name, address=COMMERCE7).status_code)
                Event().wait(FLOOD_SECONDS / len(true))
            traffic: Traffic = selling.result()
            free = threads_free(service)
        eventually(lambda: {state_of(name) for name in true} == {InstallState.ACTIVE})
        eventually(lambda: account(traffic, site.meta).lost == 0)
        result = account(traffic, site.meta)
        asked = Counter(call["tenant"] for call in site.commerce7.calls("/order"))
        invented = [times for name, times in asked.items() if name.startswith("invented")]
        measured(
            f"forged installs from {networks} networks: answers={dict(answers)},"
            f" true={statuses.count(200)}/{len(true)},"
            f" questions per invented winery <= {max(invented)},"
            f" sent={result.delivered}/{result.accepted}, p95={result.p95:.2f} s,"
            f" threads free={free}"
        )
        assert statuses == [200] * len(true)
        assert max(invented) <= 2
        assert (result.lost, result.accepted) == (0, len(orders))

    def test_never_fill_the_store(
        self, site: Site, state_of: Callable[[str], InstallState | None]
    ) -> None:
        site.commerce7.misbehave("error500", times=None)
        site.service.start()
        for number in range(260):
            answer = site.service.report(
                "install", f"invented-{number}", address=an_address(number)
            )
            assert answer.status_code == 200
        site.service.report("install", "newcomer", address=COMMERCE7)

        def pending() -> list[str]:
            names = [f"invented-{number}" for number in range(260)]
            return [name for name in names if state_of(name)]

        eventually(lambda: len(pending()) < 200, within=60, pause=1.0)
        assert state_of("newcomer") is InstallState.PENDING
        assert "invented-0" not in pending()
        assert "invented-259" in pending()


class TestALostInstall:
    @pytest.mark.parametrize("need_login", ["true", "false"])
    @pytest.mark.parametrize("is_reported", [True, False])
    def test_heals_when_the_staff_open_the_dashboard(
        self,
        site: Site,
        state_of: Callable[[str], InstallState | None],
        need_login: str,
        *,
        is_reported: bool,
    ) -> None:
        service = site.service
        service.engines = service.engines | {"C7_REQUIRE_INSTALL_AUTH": need_login}
        service.command("erase", TENANT, "--yes")
        service.start()
        if is_reported:
            site.commerce7.misbehave("unauthorized")
            service.report("install", TENANT, address=STRANGER)
            eventually(lambda: need_login == "true" or site.commerce7.calls("/order"))
        site.commerce7.misbehave("ok")
        assert service.sign_in()
        assert state_of(TENANT) is InstallState.ACTIVE
        service.configure()
        order = an_order_webhook()
        assert service.tell(order).json() == {"result": "recorded"}
        eventually(lambda: site.meta.events(f"c7-order-{order['payload']['id']}"))


@pytest.mark.alone
@pytest.mark.parametrize("what", ["install", "uninstall"])
def test_an_answer_says_nothing_of_the_winery(
    site: Site, measured: Callable[[str], None], what: str
) -> None:
    site.service.start()
    site.commerce7.misbehave("hang", times=None)
    told, seconds = set(), {}
    for name in (TENANT, "unknown"):
        took = []
        for number in range(40):
            winery = name if name == TENANT else f"{name}-{number}"
            began = monotonic()
            answer = site.service.report(what, winery, address=an_address(number))
            took.append(monotonic() - began)
            headers = {key: value for key, value in answer.headers.items() if key != "Date"}
            told.add((answer.status_code, answer.text, str(headers)))
        seconds[name] = median(took)
    measured(f"{what}: medians {', '.join(f'{each * 1000:.1f} ms' for each in seconds.values())}")
    assert len(told) == 1
    assert abs(seconds[TENANT] - seconds["unknown"]) < 0.1
