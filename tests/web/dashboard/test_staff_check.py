"""What strangers cost who open the dashboard with invented tokens, and whom they keep out."""

import logging
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Thread

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.tenants.session import opened
from service.ports import Refusal, ShopError
from service.web.dashboard.frame import ACCOUNT_HEADER
from tests.builders import OLIVE, TENANT
from tests.conftest import World

ACCOUNT = "header.payload.signature"
LOOPBACK = "127.0.0.1"


def a_token(signature: str = "s", **payload: object) -> str:
    """Return a token as Commerce7 makes them."""
    text = urlsafe_b64encode(msgspec.json.encode(payload)).decode().rstrip("=")
    return f"header.{text}.{signature}"


@pytest.fixture
def winery(world: World) -> World:
    """Return a world in which every question is counted, and Olive is known."""
    world.install()
    world.shops.staff[TENANT, ACCOUNT] = OLIVE
    world.shops.refusals = Refusals()
    return world


class Refusals(dict[str, ShopError]):
    """The shop's refusals; it counts the questions about staff that it refused."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def __contains__(self, what: object) -> bool:
        self.asked += what == "staff"
        return super().__contains__(what)


def questions(world: World) -> int:
    """Return how often Commerce7 was asked for a user it does not know."""
    assert isinstance(world.shops.refusals, Refusals)
    return world.shops.refusals.asked


def ask(client: FlaskClient, token: str, *, address: str = LOOPBACK, tenant: str = TENANT) -> int:
    query = {"tenantId": tenant, "account": token}
    answer = client.get("/", query_string=query, environ_overrides={"REMOTE_ADDR": address})
    return answer.status_code


def renew(client: FlaskClient, world: World, token: str = ACCOUNT) -> int:
    text = world.services.sessions.sign(opened(TENANT, OLIVE, now=world.clock()))
    headers = {"Authorization": f"Bearer {text}", ACCOUNT_HEADER: token}
    return client.post("/session", headers=headers).status_code


def flood(client: FlaskClient) -> Counter[int]:
    """Open the dashboard from three hundred addresses, each time with another invented token."""
    return Counter(
        ask(client, f"a.b.{n}", address=f"203.0.{n // 200}.{n % 200}") for n in range(300)
    )


class TestStrangers:
    def test_cause_few_questions_from_however_many_addresses(
        self, client: FlaskClient, winery: World
    ) -> None:
        assert flood(client) == {401: 15, 429: 285}
        assert questions(winery) == 15
        winery.clock.advance(timedelta(minutes=1))
        flood(client)
        assert questions(winery) <= 30

    @pytest.mark.usefixtures("winery")
    def test_keep_out_nobody_who_was_here_before(self, client: FlaskClient) -> None:
        assert ask(client, ACCOUNT) == 200
        flood(client)
        assert ask(client, ACCOUNT) == 200

    def test_end_no_session_even_one_that_another_process_opened(
        self, client: FlaskClient, winery: World
    ) -> None:
        flood(client)
        assert renew(client, winery) == 200

    def test_keep_out_nobody_who_signed_in_to_commerce7_anew(
        self, client: FlaskClient, winery: World
    ) -> None:
        first, second = (a_token(each, type="Account", sub=OLIVE.id) for each in "12")
        winery.shops.staff |= {(TENANT, first): OLIVE, (TENANT, second): OLIVE}
        assert ask(client, first) == 200
        flood(client)
        assert ask(client, second) == 200

    def test_do_not_spend_another_winerys_budget(self, client: FlaskClient, winery: World) -> None:
        winery.install(tenant_id="other-winery")
        winery.shops.staff["other-winery", ACCOUNT] = OLIVE
        flood(client)
        assert ask(client, ACCOUNT, tenant="other-winery") == 200

    @pytest.mark.usefixtures("winery")
    def test_who_know_a_colleagues_id_spend_that_ones_limit_alone(
        self, client: FlaskClient
    ) -> None:
        assert ask(client, ACCOUNT) == 200
        forged = [a_token(f"f{n}", type="Account", sub=OLIVE.id) for n in range(40)]
        assert Counter(ask(client, each) for each in forged) == {401: 30, 429: 10}
        assert ask(client, "a.b.c", address="203.0.113.9") == 401

    @pytest.mark.usefixtures("winery")
    def test_are_told_to_wait(self, client: FlaskClient) -> None:
        flood(client)
        answer = client.get("/", query_string={"tenantId": TENANT, "account": "x.y.z"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")


class TestAText:
    @pytest.mark.parametrize(
        "text",
        [
            *("forged", "a.b", "a..c", "a.b.c.d", "a b.c.d", ".b.c", "a.b.", "é.b.c"),
            "a." + "b" * 2000 + ".c",
            a_token(type="Customer", sub="u"),
            a_token(type=7),
            f"a.{urlsafe_b64encode(b'[1]').decode()}.c",
        ],
    )
    def test_that_is_no_account_token_costs_nothing(
        self, client: FlaskClient, winery: World, text: str
    ) -> None:
        assert {ask(client, text) for _ in range(40)} == {401}
        assert renew(client, winery, text) == 401
        assert questions(winery) == 0
        assert ask(client, ACCOUNT) == 200

    @pytest.mark.parametrize(
        "token",
        [a_token(type="Account"), a_token(sub="u"), f"a.{'W1tb' * 450}.c"],
    )
    def test_that_may_be_one_is_commerce7s_to_judge(
        self, client: FlaskClient, winery: World, token: str
    ) -> None:
        winery.shops.staff[TENANT, token] = OLIVE
        assert ask(client, token) == 200


class TestARefusedToken:
    def test_is_asked_about_once_a_minute(self, client: FlaskClient, winery: World) -> None:
        assert {ask(client, "a.b.c", address=f"203.0.113.{n}") for n in range(40)} == {401}
        assert questions(winery) == 1
        winery.clock.advance(timedelta(minutes=1))
        assert ask(client, "a.b.c") == 401
        assert questions(winery) == 2

    @pytest.mark.usefixtures("winery")
    def test_at_one_winery_is_none_at_another(self, client: FlaskClient) -> None:
        assert ask(client, ACCOUNT, tenant="other-winery") == 401
        assert ask(client, ACCOUNT) == 200

    def test_is_not_one_that_was_not_answered(self, client: FlaskClient, winery: World) -> None:
        winery.shops.refusals["staff"] = ShopError(Refusal.NO_ANSWER)
        assert ask(client, ACCOUNT) == 503
        del winery.shops.refusals["staff"]
        assert ask(client, ACCOUNT) == 200

    def test_is_a_strangers_from_then_on(self, client: FlaskClient, winery: World) -> None:
        assert ask(client, ACCOUNT) == 200
        del winery.shops.staff[TENANT, ACCOUNT]
        assert ask(client, ACCOUNT) == 401
        winery.clock.advance(timedelta(minutes=1))
        flood(client)
        assert ask(client, ACCOUNT) == 429


class Hanging:
    """Requests of other threads, each of which waits for Commerce7 until `go_on` is set."""

    def __init__(self, app: Flask, world: World) -> None:
        self._app, self._world = app, world
        self._threads: list[Thread] = []
        self.go_on, self.answers = Event(), Counter[int]()
        world.shops.refusals["staff"] = ShopError(Refusal.NO_ANSWER)

    def start(self, *calls: Callable[[FlaskClient], int]) -> None:
        """Start the requests, and return once Commerce7 has been asked for each of them."""
        arrived = [Event() for _ in calls]
        to_come = iter(arrived)

        def hang() -> None:
            next(to_come).set()
            self.go_on.wait(60)

        self._world.shops.meanwhile = hang
        threads = [Thread(target=self._answer, args=(call,)) for call in calls]
        for each in threads:
            each.start()
        assert all(each.wait(30) for each in arrived)
        self._world.shops.meanwhile = lambda: None
        self._threads += threads

    def end(self) -> None:
        """Let all requests end."""
        self.go_on.set()
        for each in self._threads:
            each.join(30)

    def _answer(self, call: Callable[[FlaskClient], int]) -> None:
        self.answers[call(self._app.test_client())] += 1


class TestACommerce7ThatHangs:
    @pytest.fixture
    def hanging(self, app: Flask, winery: World) -> Iterator[Hanging]:
        """Lend requests that hang until the test ends."""
        requests = Hanging(app, winery)
        yield requests
        requests.end()

    def test_holds_four_threads_and_ends_no_session(
        self, client: FlaskClient, winery: World, hanging: Hanging
    ) -> None:
        hanging.start(*[lambda other, n=n: ask(other, f"a.b.{n}") for n in range(3)])
        stranger = client.get("/", query_string={"tenantId": TENANT, "account": "x.y.z"})
        assert (stranger.status_code, stranger.headers["Retry-After"]) == (503, "30")
        assert "Commerce7 is slow to respond" in stranger.text

        # Strangers leave one thread to those who were here before.
        hanging.start(lambda other: renew(other, winery))
        headers = {**winery.staff(), ACCOUNT_HEADER: ACCOUNT}
        busy = client.post("/session", headers=headers)
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "30")
        assert client.get("/activity/table", headers=headers).status_code == 200

        hanging.end()
        assert hanging.answers == {503: 4}
        winery.shops.refusals.clear()
        assert ask(client, ACCOUNT) == 200


class TestATabOfItsOwn:
    @pytest.mark.parametrize("dest", ["document", "empty", "embed", "object", "script", "iframe2"])
    def test_shows_where_to_open_it_and_asks_nobody(
        self, client: FlaskClient, winery: World, dest: str
    ) -> None:
        query = {"tenantId": TENANT, "account": ACCOUNT}
        answer = client.get("/", query_string=query, headers={"Sec-Fetch-Dest": dest})
        assert answer.status_code == 401
        assert "In the Commerce7 admin choose Apps, then 1Pixel" in answer.text
        assert f"/commerce7/admin/{TENANT}" in answer.text
        assert 'name="session"' not in answer.text
        assert winery.shops.asked == []

    @pytest.mark.parametrize(
        "headers", [{}, {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Dest": "frame"}]
    )
    @pytest.mark.usefixtures("winery")
    def test_is_not_a_frame(self, client: FlaskClient, headers: dict[str, str]) -> None:
        query = {"tenantId": TENANT, "account": ACCOUNT}
        assert client.get("/", query_string=query, headers=headers).status_code == 200


@pytest.mark.usefixtures("winery")
def test_tokens_and_users_are_in_no_log_line(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        ask(client, ACCOUNT)
        ask(client, "a.forged.token")
    assert [each.message for each in caplog.records if each.levelno >= logging.WARNING] == [
        "frame.refused"
    ]
    assert not any(secret in caplog.text for secret in (ACCOUNT, "forged.token", OLIVE.id))
