"""The caller's address and scheme, behind Cloud Run's front end."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from tests.apps import app_settings
from tests.builders import OLIVE, TENANT
from tests.conftest import World
from tests.page_checker import CheckingClient
from tests.web.forms import PAGE, choices, form

HOST = "1pixel.example"
ACCOUNT = "header.payload.signature"
# What gunicorn gets from Cloud Run: plain HTTP from the front end's address, with what the front
# end saw in headers. What a caller claims of its own address stands before the front end's entry.
FRONT_END = "169.254.169.126"
CALLER = "203.0.113.7"
SEEN = {"Host": HOST, "X-Forwarded-For": CALLER, "X-Forwarded-Proto": "https"}


@pytest.fixture
def hops() -> int:
    """Return how many proxies stand in front of the app."""
    return 1


@pytest.fixture
def front(world: World, hops: int) -> FlaskClient:
    """Return a client of the app, seen as coming from the front end."""
    world.install()
    world.shops.staff[TENANT, ACCOUNT] = OLIVE
    settings = app_settings(TRUSTED_PROXY_HOPS=str(hops))
    client = CheckingClient(create_app(settings, world.services))
    client.environ_base["REMOTE_ADDR"] = FRONT_END
    return client


def save(front: FlaskClient, world: World, **extra: str) -> int:
    """Switch sending off, and return the answer's status."""
    headers = {**SEEN, **world.staff(), **named(extra)}
    return front.post(PAGE, data=form(enabled=None), headers=headers).status_code


def renew(front: FlaskClient, world: World, **extra: str) -> int:
    """Renew the session, and return the answer's status."""
    headers = {**SEEN, **world.staff(), "X-Commerce7-Account": ACCOUNT, **named(extra)}
    return front.post("/session", headers=headers).status_code


def named(extra: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in extra.items()}


def opened(front: FlaskClient, winery: int, **headers: Any) -> int:
    """Open some winery's dashboard with a forged token, and return the answer's status."""
    url = f"/?tenantId=winery-{winery}&account=a.forged.token"
    return front.get(url, headers={**SEEN, **named(headers)}).status_code


@pytest.mark.parametrize("change", [save, renew])
class TestAPageOfOurOwn:
    def test_may_change_things_in_a_browser_without_fetch_metadata(
        self, front: FlaskClient, world: World, change: Any
    ) -> None:
        assert change(front, world, Origin=f"https://{HOST}") == 200

    @pytest.mark.parametrize(
        "origin",
        ["https://evil.example", "null", f"http://{HOST}", f"https://{HOST}:8443", "https://evil"],
    )
    def test_is_of_our_scheme_host_and_port(
        self, front: FlaskClient, world: World, change: Any, origin: str
    ) -> None:
        assert change(front, world, Origin=origin) == 403
        assert choices(world).enabled

    def test_is_not_named_by_a_forged_host(
        self, front: FlaskClient, world: World, change: Any
    ) -> None:
        forged = {"X_Forwarded_Host": "evil.example", "Forwarded": "host=evil.example"}
        assert change(front, world, Origin="https://evil.example", **forged) == 403
        assert change(front, world, Origin=f"https://{HOST}", **forged) == 200

    @pytest.mark.parametrize("hops", [0])
    def test_is_not_of_a_forged_scheme_where_no_proxy_is_trusted(
        self, front: FlaskClient, world: World, change: Any
    ) -> None:
        assert change(front, world, Origin=f"https://{HOST}") == 403
        assert change(front, world, Origin=f"http://{HOST}") == 200


class TestACaller:
    def test_is_known_by_the_address_that_the_front_end_saw(self, front: FlaskClient) -> None:
        claims = [f"192.0.2.{n}, {CALLER}" for n in range(40)]
        statuses = [opened(front, n, X_Forwarded_For=claim) for n, claim in enumerate(claims)]
        assert statuses == [401] * 30 + [429] * 10
        assert opened(front, 40, X_Forwarded_For=f"{CALLER}, 203.0.113.8") == 401

    def test_of_many_addresses_in_one_network_is_one_caller(self, front: FlaskClient) -> None:
        claims = [f"2001:db8:1:2:{n:x}::1" for n in range(40)]
        statuses = [opened(front, n, X_Forwarded_For=claim) for n, claim in enumerate(claims)]
        assert statuses == [401] * 30 + [429] * 10
        assert opened(front, 40, X_Forwarded_For="2001:db8:1:3::1") == 401

    @pytest.mark.parametrize("hops", [0])
    def test_is_known_by_its_own_address_where_no_proxy_is_trusted(
        self, front: FlaskClient
    ) -> None:
        statuses = [opened(front, n, X_Forwarded_For=f"192.0.2.{n}") for n in range(40)]
        assert statuses == [401] * 30 + [429] * 10
