"""Opening the dashboard, in the admin's frame or elsewhere."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.shop.staff import StaffMember
from service.domain.tenants.installation import Installation, InstallState
from service.ports import Refusal, ShopError
from service.web.dashboard.frame import ACCOUNT_HEADER
from service.web.dashboard.tabs import TABS
from tests.builders import NOW, OLIVE, TENANT, a_record
from tests.conftest import World
from tests.tenants import save_installation

ACCOUNT = "header.payload.signature"
PAGE = f"/?tenantId={TENANT}&account={ACCOUNT}"
BROWSER = {"Accept": "text/html"}
READER = StaffMember(id="user-2", name="Rea Der", role="Data")


@pytest.fixture
def winery(world: World) -> World:
    """Return a world whose winery has the app installed, with Olive signed in to its admin."""
    world.install()
    world.shops.staff[TENANT, ACCOUNT] = OLIVE
    return world


def session_in(html: str) -> str:
    found = re.search(r'<meta name="session" content="([^"]+)" data-seconds="900"', html)
    assert found
    return found[1]


def renewed(client: FlaskClient, text: str, account: str = ACCOUNT) -> dict[str, Any]:
    answer = client.post("/session", headers=bearer(text, account))
    assert answer.status_code == 200
    assert isinstance(answer.json, dict)
    return answer.json


def bearer(text: str, account: str = ACCOUNT) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}", ACCOUNT_HEADER: account}


class TestTheFrame:
    def test_opens_for_a_user_of_the_winery(self, client: FlaskClient, winery: World) -> None:
        winery.services.events.add(a_record(object_id="ours"))
        answer = client.get(PAGE)

        assert answer.status_code == 200
        assert "ours" in answer.text
        assert "Olive Owner" in answer.text

    @pytest.mark.parametrize("tab", [each.name for each in TABS])
    def test_shows_the_tab_that_the_address_names(
        self, client: FlaskClient, winery: World, tab: str
    ) -> None:
        winery.services.events.add(a_record())
        page = client.get(f"{PAGE}&tab={tab}").text
        fragment = client.get(f"/{tab}", headers=bearer(session_in(page))).text
        assert fragment.strip() in page
        assert page.count('aria-current="page"') == 1
        assert re.search(f'tab={tab}" aria-current="page"', page)

    @pytest.mark.parametrize("tab", ["", "nowhere", "../docs", "<script>"])
    @pytest.mark.usefixtures("winery")
    def test_shows_the_overview_for_any_other(self, client: FlaskClient, tab: str) -> None:
        page = client.get("/", query_string={"tenantId": TENANT, "account": ACCOUNT, "tab": tab})
        assert '<div id="overview"' in page.text

    def test_holds_no_account_token_and_no_secret(self, client: FlaskClient, winery: World) -> None:
        answer = client.get(PAGE)
        assert ACCOUNT not in answer.text
        assert "Set-Cookie" not in answer.headers
        assert winery.shops.asked == [("staff", TENANT)]

    def test_has_nothing_inline_and_may_be_framed_by_the_admin_alone(
        self, client: FlaskClient, winery: World
    ) -> None:
        winery.services.events.add(a_record())
        answer = client.get(PAGE)
        policy = answer.headers["Content-Security-Policy"]

        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text)
        assert "default-src 'none'" in policy
        assert "frame-ancestors http://127.0.0.1:8090" in policy
        named = re.findall(r'<script src="([^"]+)"', answer.text)
        assert len(named) == 3
        whole = [each if "//" in each else f"http://localhost{each}" for each in named]
        assert f"; script-src {' '.join(whole)};" in policy
        assert "X-Frame-Options" not in answer.headers

    @pytest.mark.parametrize(
        ("asked", "shown"), [("dark", "dark"), ("light", "light"), ("x", None), ("", None)]
    )
    def test_follows_the_admins_theme(
        self, client: FlaskClient, winery: World, asked: str, shown: str | None
    ) -> None:
        html = client.get(f"{PAGE}&adminUITheme={asked}").text
        assert (f'<html lang="en" data-theme="{shown}">' in html) is (shown is not None)
        assert winery.shops.asked

    def test_ignores_a_template_beside_the_real_winery(
        self, client: FlaskClient, winery: World
    ) -> None:
        assert client.get(f"{PAGE}&tenantId={{{{tenantId}}}}").status_code == 200
        assert client.get(f"{PAGE}&tenantId={TENANT}").status_code == 200
        assert len(winery.shops.asked) == 2


class TestProblems:
    @pytest.mark.parametrize(
        ("url", "status", "title"),
        [
            ("/", 401, "Missing frame signature"),
            (f"/?tenantId={TENANT}", 401, "Missing frame signature"),
            (f"/?tenantId={TENANT}&account=", 401, "Missing frame signature"),
            (f"/?tenantId={TENANT}&account=a&account=b", 401, "Missing frame signature"),
            (f"/?tenantId={TENANT}&account=forged", 401, "Unauthorized"),
            (f"/?tenantId={TENANT}&account=a.forged.token", 401, "Unauthorized"),
            (f"/?tenantId=other-winery&account={ACCOUNT}", 401, "Unauthorized"),
            (f"/?tenantId={{{{tenantId}}}}&account={ACCOUNT}", 400, "did not say which winery"),
            (f"{PAGE}&tenantId=other-winery", 400, "Two wineries in one link"),
            (f"/?account={ACCOUNT}", 400, "No winery in this link"),
            (f"/?tenantId=../x&account={ACCOUNT}", 400, "No winery in this link"),
            ("/nowhere", 404, "Page not found"),
        ],
    )
    def test_say_what_happened_and_what_to_do(
        self, client: FlaskClient, winery: World, url: str, status: int, title: str
    ) -> None:
        winery.install(tenant_id="other-winery")
        answer = client.get(url, headers=BROWSER)

        assert answer.status_code == status
        assert title in answer.text
        assert 'href="/docs#' in answer.text
        assert ACCOUNT not in answer.text
        scripts = re.findall("<script[^>]*>", answer.text)
        assert [re.sub(r"-\w{8}\.", ".", each) for each in scripts] == [
            '<script src="/static/built/problem.js" defer>'
        ]

    def test_lead_back_to_the_winerys_admin(self, client: FlaskClient, winery: World) -> None:
        html = client.get(f"/?tenantId={TENANT}", headers=BROWSER).text
        assert f'href="http://127.0.0.1:8090/commerce7/admin/{TENANT}" target="_top"' in html
        assert winery.shops.asked == []

    def test_a_winery_without_the_app(self, client: FlaskClient, world: World) -> None:
        world.shops.staff[TENANT, ACCOUNT] = OLIVE
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        answer = client.get(PAGE, headers=BROWSER)
        assert answer.status_code == 403
        assert "not installed for this winery" in answer.text

    def test_a_stranger_does_not_learn_which_winery_has_the_app(
        self, client: FlaskClient, winery: World
    ) -> None:
        forged = "account=a.forged.token"
        installed = client.get(f"/?tenantId={TENANT}&{forged}", headers=BROWSER)
        unknown = client.get(f"/?tenantId=nobody-at-all&{forged}", headers=BROWSER)
        assert installed.status_code == unknown.status_code == 401
        assert installed.text.replace(TENANT, "") == unknown.text.replace("nobody-at-all", "")
        assert ("check_access", TENANT) not in winery.shops.asked

    def test_commerce7_that_does_not_answer(self, client: FlaskClient, winery: World) -> None:
        winery.shops.refusals["staff"] = ShopError(Refusal.NO_ANSWER)
        answer = client.get(PAGE, headers=BROWSER)
        assert answer.status_code == 503
        assert "Commerce7 is not responding" in answer.text
        assert "Try again" in answer.text

    def test_a_store_that_is_down(
        self, client: FlaskClient, winery: World, close_file: Callable[[], None]
    ) -> None:
        close_file()
        answer = client.get(PAGE, headers=BROWSER)
        assert answer.status_code == 503
        assert "No event is lost" in answer.text
        assert winery.shops.asked


class TestAPendingWinery:
    def test_is_checked_at_once_when_its_owner_opens_the_dashboard(
        self, client: FlaskClient, world: World
    ) -> None:
        world.shops.staff[TENANT, ACCOUNT] = OLIVE
        client.post("/auth/install", json={"tenantId": TENANT})
        assert client.get(PAGE).status_code == 200
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.installation == Installation()

    @pytest.mark.parametrize("is_known", [True, False])
    def test_is_told_to_try_again_while_commerce7_does_not_answer(
        self, client: FlaskClient, world: World, *, is_known: bool
    ) -> None:
        world.shops.staff[TENANT, ACCOUNT] = OLIVE
        world.shops.refusals["check_access"] = ShopError(Refusal.NO_ANSWER)
        if is_known:
            client.post("/auth/install", json={"tenantId": TENANT})
        answer = client.get(PAGE, headers=BROWSER)
        assert answer.status_code == 503
        assert "Try again" in answer.text

    def test_is_refused_while_commerce7_refuses_us(self, client: FlaskClient, world: World) -> None:
        world.shops.staff[TENANT, ACCOUNT] = OLIVE
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        client.post("/auth/install", json={"tenantId": TENANT})
        assert client.get(PAGE).status_code == 403
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.installation.state is InstallState.PENDING


class TestRenewal:
    def test_asks_commerce7_again_and_extends_the_session(
        self, client: FlaskClient, winery: World
    ) -> None:
        first = session_in(client.get(PAGE).text)
        winery.clock.advance(timedelta(minutes=10))
        renewal = renewed(client, first)

        assert renewal["seconds"] == 900
        assert winery.shops.asked == [("staff", TENANT)] * 2
        winery.clock.advance(timedelta(minutes=14))
        assert client.get("/activity/table", headers=bearer(first)).status_code == 401
        headers = bearer(renewal["session"])
        assert client.get("/activity/table", headers=headers).status_code == 200

    def test_renews_an_expired_session(self, client: FlaskClient, winery: World) -> None:
        first = session_in(client.get(PAGE).text)
        winery.clock.advance(timedelta(hours=3))
        assert client.post("/session", headers=bearer(first)).status_code == 200

    def test_ends_after_eight_hours(self, client: FlaskClient, winery: World) -> None:
        current = session_in(client.get(PAGE).text)
        for _ in range(47):
            winery.clock.advance(timedelta(minutes=10))
            current = renewed(client, current)["session"]
        winery.clock.advance(timedelta(minutes=10))
        assert client.post("/session", headers=bearer(current)).status_code == 401
        assert client.get("/activity/table", headers=bearer(current)).status_code == 401

    @pytest.mark.parametrize("account", ["", "forged", "header.payload.other"])
    def test_is_refused_with_commerce7s_refusal(
        self, client: FlaskClient, winery: World, account: str
    ) -> None:
        winery.shops.staff[TENANT, "header.payload.other"] = READER
        first = session_in(client.get(PAGE).text)
        assert client.post("/session", headers=bearer(first, account)).status_code == 401

    def test_takes_over_a_changed_role(self, client: FlaskClient, winery: World) -> None:
        first = session_in(client.get(PAGE).text)
        winery.shops.staff[TENANT, ACCOUNT] = StaffMember(id=OLIVE.id, name="Olive", role="Data")
        renewal = renewed(client, first)
        headers = bearer(renewal["session"])
        assert client.post("/configuration", headers=headers).status_code == 403
        # The page is told, once.
        assert renewal["role"] == "Data"
        assert "role" not in renewed(client, renewal["session"])

    def test_is_not_over_while_commerce7_is_silent(
        self, client: FlaskClient, winery: World
    ) -> None:
        first = session_in(client.get(PAGE).text)
        winery.shops.refusals["staff"] = ShopError(Refusal.NO_ANSWER)
        assert client.post("/session", headers=bearer(first)).status_code == 503
        assert client.get("/activity/table", headers=bearer(first)).status_code == 200

    def test_ends_with_the_app(self, client: FlaskClient, winery: World) -> None:
        first = session_in(client.get(PAGE).text)
        removed = Installation(state=InstallState.REMOVED, purge_at=NOW + timedelta(days=2))
        save_installation(winery.services.tenants, TENANT, removed)
        assert client.post("/session", headers=bearer(first)).status_code == 401
        assert client.get("/activity/table", headers=bearer(first)).status_code == 401
        assert client.get("/configuration", headers=bearer(first)).status_code == 401
