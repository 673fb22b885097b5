"""Objects over real sockets, from a Commerce7 that drops, refuses and stalls."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from service.commerce7.client import Commerce7Shops
from service.domain.staff import StaffMember
from service.http import Http, Limits
from service.pace import Pace
from service.ports import Refusal, ShopError
from tests.builders import TENANT, Clock

RESET = 0


@dataclass
class Platform:
    """Gives the answers of a script, then its objects, and remembers who asked how."""

    objects: dict[str, Any] = field(default_factory=dict)
    script: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""


@contextmanager
def a_platform(**objects: Any) -> Iterator[Platform]:
    platform = Platform(objects={key.replace("__", "/"): value for key, value in objects.items()})

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            platform.calls.append((self.path, headers))
            status, more = platform.script.pop(0) if platform.script else (200, {})
            if status == RESET:
                self.close_connection = True
                return
            found = platform.objects.get(self.path.removeprefix("/v1/"))
            self.send_response(status if found is not None or status != 200 else 404)
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_port}/v1"
    Thread(target=server.serve_forever, daemon=True).start()
    yield platform
    server.shutdown()
    server.server_close()


@pytest.fixture
def http() -> Iterator[Http]:
    client = Http(limits=Limits(connect=1, read=1, total=2, answer_bytes=100_000))
    yield client
    client.close()


@pytest.fixture
def shops(http: Http) -> Callable[..., Commerce7Shops]:
    def make(platform: Platform, *, burst: int = 100) -> Commerce7Shops:
        return Commerce7Shops(
            http,
            api_url=f"{platform.url}/",
            app_id="app",
            app_secret="secret",
            pace=Pace(burst=burst, interval=timedelta(seconds=1)),
            clock=Clock(),
        )

    return make


Shops = Callable[..., Commerce7Shops]


def refusal(ask: Callable[[], object]) -> ShopError:
    with pytest.raises(ShopError) as caught:
        ask()
    return caught.value


class TestAnObject:
    def test_is_asked_for_with_our_login_and_the_winerys_name(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1", "orderNumber": 7}) as platform:
            order = shops(platform).order(TENANT, "1")

        assert (order.id, order.number) == ("1", "7")
        ((path, headers),) = platform.calls
        assert path == "/v1/order/1"
        assert headers["authorization"] == f"Basic {b64encode(b'app:secret').decode()}"
        assert headers["tenant"] == TENANT

    def test_is_one_of_four_kinds(self, shops: Shops) -> None:
        with a_platform(
            **{
                "club-membership__m": {"id": "m", "status": "Active", "customerId": "c"},
                "reservation__r": {"id": "r", "status": "Paid"},
                "customer__c": {"id": "c", "emails": [{"email": "casey@example.com"}]},
            }
        ) as platform:
            asked = shops(platform)
            assert asked.membership(TENANT, "m").person.customer.id == "c"
            assert asked.reservation(TENANT, "r").id == "r"
            customer = asked.customer(TENANT, "c").person.customer
        assert customer.emails == ("casey@example.com",)

    def test_of_another_id_is_no_answer(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "2"}) as platform:
            error = refusal(lambda: shops(platform).order(TENANT, "1"))
        assert error.refusal is Refusal.NO_ANSWER

    def test_has_an_id_that_stays_within_its_path(self, shops: Shops) -> None:
        with a_platform() as platform:
            asked = shops(platform)
            for stray in ("../order/1?x=#", "..", ".", "a/b", ""):
                assert refusal(partial(asked.customer, TENANT, stray)).refusal is Refusal.NOT_FOUND
                assert refusal(partial(asked.addresses, TENANT, stray)).refusal is Refusal.NOT_FOUND
        assert platform.calls == []

    def test_may_be_an_address_book(self, shops: Shops) -> None:
        book = {"customerAddresses": [{"id": "a", "city": "Home"}, {"id": "b"}], "total": 2}
        with a_platform(customer__c__address=book) as platform:
            entries = shops(platform).addresses(TENANT, "c")
        assert (list(entries), entries["a"].city) == (["a", "b"], "Home")


class TestTheShop:
    def test_is_asked_without_any_login(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["setting/for-web?version=V2"] = {"currency": "USD"}
            assert shops(platform).shop(TENANT).currency == "USD"

        assert "authorization" not in platform.calls[0][1]
        assert platform.calls[0][1]["tenant"] == TENANT


class TestAdmission:
    def test_is_asked_for_with_our_login_and_reads_nothing(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["order?limit=1"] = {"orders": [{"id": "1"}], "total": 1}
            shops(platform).admit(TENANT)

        ((path, headers),) = platform.calls
        assert path == "/v1/order?limit=1"
        assert headers["authorization"] == f"Basic {b64encode(b'app:secret').decode()}"
        assert headers["tenant"] == TENANT

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (401, Refusal.NOT_ALLOWED),
            (403, Refusal.NOT_ALLOWED),
            (404, Refusal.NOT_FOUND),
            (429, Refusal.TOO_OFTEN),
            (302, Refusal.NO_ANSWER),
            (500, Refusal.NO_ANSWER),
            (503, Refusal.NO_ANSWER),
        ],
    )
    def test_is_refused_in_so_many_words_or_not_at_all(
        self, shops: Shops, status: int, expected: Refusal
    ) -> None:
        with a_platform() as platform:
            platform.script = [(status, {"Location": "/v1/order/1"})]
            error = refusal(lambda: shops(platform).admit(TENANT))
        assert error.refusal is expected
        assert len(platform.calls) == 1

    def test_is_not_refused_by_a_dropped_connection(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["order?limit=1"] = {"orders": []}
            platform.script = [(RESET, {})]
            shops(platform).admit(TENANT)
            platform.script = [(RESET, {})] * 3
            assert refusal(lambda: shops(platform).admit(TENANT)).refusal is Refusal.NO_ANSWER

    def test_that_makes_no_sense_is_no_answer(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["order?limit=1"] = ["orders"]
            assert refusal(lambda: shops(platform).admit(TENANT)).refusal is Refusal.NO_ANSWER


class TestAStaffMember:
    TOKEN = "Aa0._~+/=-"

    def test_is_asked_for_with_their_own_token_alone(self, shops: Shops) -> None:
        user = {"id": "u1", "firstName": " Olive", "lastName": "Owner", "role": "Admin Owner"}
        with a_platform(account__user=user) as platform:
            member = shops(platform).staff_member(TENANT, self.TOKEN)

        assert member == StaffMember(id="u1", name="Olive Owner", role="Admin Owner")
        ((path, headers),) = platform.calls
        assert path == "/v1/account/user"
        assert (headers["authorization"], headers["tenant"]) == (self.TOKEN, TENANT)

    @pytest.mark.parametrize(
        "token", ["", " ", "a b", "a\r\nX: y", "é", "\ud800", "a\0", "token\n", "a" * 2001]
    )
    def test_has_no_token_that_no_header_should_carry(self, shops: Shops, token: str) -> None:
        with a_platform(account__user={"id": "u1"}) as platform:
            error = refusal(lambda: shops(platform).staff_member(TENANT, token))
        assert (error.refusal, platform.calls) == (Refusal.NOT_ALLOWED, [])

    @pytest.mark.parametrize("user", [{}, {"id": None}, {"id": " "}, {"user": {"id": "u"}}, []])
    def test_without_an_id_is_no_answer(self, shops: Shops, user: object) -> None:
        with a_platform(account__user=user) as platform:
            error = refusal(lambda: shops(platform).staff_member(TENANT, self.TOKEN))
        assert error.refusal is Refusal.NO_ANSWER

    def test_may_have_neither_name_nor_role(self, shops: Shops) -> None:
        with a_platform(account__user={"id": 7, "firstName": ["x"], "role": None}) as platform:
            member = shops(platform).staff_member(TENANT, self.TOKEN)
        assert member == StaffMember(id="7", name="Somebody without a name", role="")

    @pytest.mark.parametrize(
        ("status", "expected"), [(401, Refusal.NOT_ALLOWED), (503, Refusal.NO_ANSWER)]
    )
    def test_may_be_nobody(self, shops: Shops, status: int, expected: Refusal) -> None:
        with a_platform(account__user={"id": "u1"}) as platform:
            platform.script = [(status, {})]
            error = refusal(lambda: shops(platform).staff_member(TENANT, self.TOKEN))
        assert error.refusal is expected
        assert self.TOKEN not in f"{error!r} {error.__cause__!r}"

    def test_does_not_wait_for_questions_about_orders(self, shops: Shops) -> None:
        with a_platform(account__user={"id": "u1"}, order__1={"id": "1"}) as platform:
            asked = shops(platform, burst=1)
            asked.order(TENANT, "1")
            for _ in range(3):
                assert asked.staff_member(TENANT, self.TOKEN).id == "u1"


class TestAConnection:
    def test_that_is_dropped_is_made_again(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(RESET, {}), (RESET, {})]
            assert shops(platform).order(TENANT, "1").id == "1"
        assert len(platform.calls) == 3

    def test_is_not_made_for_ever(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(RESET, {})] * 9
            error = refusal(lambda: shops(platform).order(TENANT, "1"))
        assert (error.refusal, len(platform.calls)) == (Refusal.NO_ANSWER, 3)

    def test_that_nobody_takes_is_no_answer(self, shops: Shops) -> None:
        nobody = shops(Platform(url="http://127.0.0.1:9"))
        assert refusal(lambda: nobody.order(TENANT, "1")).refusal is Refusal.NO_ANSWER


class TestTooOften:
    def test_is_said_before_commerce7_has_to(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            asked = shops(platform, burst=1)
            asked.order(TENANT, "1")
            error = refusal(lambda: asked.order(TENANT, "1"))
            asked.order("other-winery", "1")

        assert error.refusal is Refusal.TOO_OFTEN
        assert error.retry_after == timedelta(seconds=2)
        assert len(platform.calls) == 2

    def test_is_heeded_when_commerce7_says_it(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(429, {"Retry-After": "5"})]
            asked = shops(platform)
            first = refusal(lambda: asked.order(TENANT, "1"))
            second = refusal(lambda: asked.order(TENANT, "1"))

        assert (first.refusal, first.retry_after) == (Refusal.TOO_OFTEN, timedelta(seconds=5))
        assert second.refusal is Refusal.TOO_OFTEN
        assert len(platform.calls) == 1

    def test_counts_every_try(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(RESET, {})] * 2
            error = refusal(lambda: shops(platform, burst=2).order(TENANT, "1"))
        assert (error.refusal, len(platform.calls)) == (Refusal.TOO_OFTEN, 2)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_no_refusal_repeats_what_was_asked_or_shown(shops: Shops, status: int) -> None:
    with a_platform() as platform:
        platform.script = [(status, {})]
        error = refusal(lambda: shops(platform).customer(TENANT, "personal-id"))
    told = f"{error} {error.__cause__} {error!r}"
    assert "personal-id" not in told
    assert "secret" not in told
