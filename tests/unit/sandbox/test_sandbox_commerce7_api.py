"""The API of the sandbox's Commerce7: login, rate limit, and the record of its requests."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.bench import Bench, read
from tests.sandbox.calls import Call, Calls
from tests.sandbox.people import EVERYBODY, Person
from tests.sandbox.rate_limit import RateLimit

PATHS = [
    *("order/x", "customer/x", "customer/x/address", "club-membership/x", "reservation/x"),
    *("club/x", "setting", "setting/for-web/x", "cart"),
]
PUBLIC: dict[str, Any] = {"auth": None, "headers": {"tenant": "sandbox-winery"}}
SETTINGS = "setting/for-web?version=V2"
WELL = {"status": 404, "fault": None, "tenant": "sandbox-winery"}


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestTheApi:
    def test_returns_an_order_as_it_is_now(self, bench: Bench) -> None:
        order = bench.make("unpaid")["order"]
        after = bench.make("pay")["order"]

        assert bench.found(f"order/{order['id']}") == after

    @pytest.mark.parametrize("person", EVERYBODY, ids=lambda person: person.last_name)
    def test_knows_every_person(self, bench: Bench, person: Person) -> None:
        found = bench.found(f"customer/{person.customer_id}")
        book = bench.found(f"customer/{person.customer_id}/address")

        assert found["emails"][0]["email"] == person.email
        assert person.address_id in [entry["id"] for entry in book["customerAddresses"]]

    @pytest.mark.parametrize("made", ["web", "join", "book", "signup"])
    def test_takes_no_object_for_another(self, bench: Bench, made: str) -> None:
        object_id = bench.make(made)["object"]["id"]
        statuses = {
            path: bench.ask(f"{path}/{object_id}").status_code
            for path in ("order", "club-membership", "reservation", "customer")
        }

        assert sorted(statuses.values()) == [200, 404, 404, 404]

    @pytest.mark.parametrize("path", PATHS)
    def test_has_nothing_else(self, bench: Bench, path: str) -> None:
        answer = bench.ask(path)

        assert answer.status_code == 404
        assert read(answer) == {
            "statusCode": 404, "type": "notFound", "message": "Not Found", "errors": []
        }  # fmt: skip

    def test_lists_what_was_changed_since_a_day(self, bench: Bench) -> None:
        made = bench.make("web")
        changed = [
            read(bench.ask(f"order?updatedAt=gte:{day}&limit=50&page={page}"))["orders"]
            for day, page in (("2026-08-05", 1), ("2026-08-06", 1), ("2026-08-05", 2))
        ]
        assert [len(orders) for orders in changed] == [1, 0, 0]
        assert changed[0][0]["id"] == made["object"]["id"]
        assert bench.ask("order?updatedAt=gt:2026-08-05T00:00:00Z").status_code == 422

    def test_changes_nothing(self, bench: Bench) -> None:
        order = bench.make("web")["order"]
        answer = bench.browser.delete(
            f"/commerce7/v1/order/{order['id']}",
            auth=("sandbox-app", "sandbox-secret"),
            headers={"tenant": "sandbox-winery"},
        )

        assert answer.status_code == 404
        assert bench.found(f"order/{order['id']}") == order

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        "parts",
        [
            {"auth": None},
            {"auth": ("sandbox-app", "wrong")},
            {"auth": ("wrong", "sandbox-secret")},
            {"headers": {}},
            {"headers": {"tenant": "other-winery"}},
        ],
    )
    def test_needs_a_login(self, bench: Bench, path: str, parts: dict[str, Any]) -> None:
        answer = bench.ask(path, **parts)

        assert answer.status_code == 401
        assert (read(answer)["statusCode"], read(answer)["type"]) == (401, "unauthorized")


class TestThePublicSettings:
    def test_need_no_credentials(self, bench: Bench) -> None:
        answer = bench.ask(SETTINGS, **PUBLIC)

        assert answer.status_code == 200
        assert read(answer) == {
            "currency": "USD",
            "timeZone": "America/Los_Angeles",
            "url": "https://shop.example.com",
            "companyName": "Sandbox Winery",
            "routerType": "Browser",
            "baseRoute": {
                "profile": "profile",
                "collection": "collection",
                "product": "product",
                "club": "club",
                "checkout": "checkout",
                "cart": "cart",
                "reservation": "reservation",
            },
            "apps": [],
        }

    @pytest.mark.parametrize(
        ("path", "tenant"),
        [
            (SETTINGS, "other-winery"),
            (SETTINGS, ""),
            ("setting/for-web", "sandbox-winery"),
            ("setting/for-web?version=V1", "sandbox-winery"),
        ],
    )
    def test_are_only_there_as_documented(self, bench: Bench, path: str, tenant: str) -> None:
        answer = bench.ask(path, auth=None, headers={"tenant": tenant})

        assert answer.status_code == 404
        assert read(answer)["type"] == "notFound"

    @pytest.mark.parametrize("currency", [None, "EUR"])
    def test_can_be_changed(self, bench: Bench, currency: str | None) -> None:
        changes = {"currency": currency, "baseRoute": {"checkout": "kasse"}}
        changed = bench.browser.post("/commerce7/_settings", json=changes)
        now = read(bench.ask(SETTINGS, **PUBLIC))

        assert (changed.status_code, read(changed)) == (200, now)
        assert now | changes == now
        assert now["companyName"] == "Sandbox Winery"
        assert read(Bench().ask(SETTINGS, **PUBLIC))["currency"] == "USD"

    @pytest.mark.parametrize("body", [[], None, "USD"])
    def test_cannot_be_changed_into_nonsense(self, bench: Bench, body: object) -> None:
        assert bench.browser.post("/commerce7/_settings", json=body).status_code == 400
        assert read(bench.ask(SETTINGS, **PUBLIC))["currency"] == "USD"


class TestTheLimit:
    def test_is_a_hundred_requests_in_any_minute(self, bench: Bench) -> None:
        statuses = []
        for _ in range(100):
            statuses.append(bench.ask("order/x").status_code)
            bench.clock.pass_(0.25)
        refused = bench.ask("order/x")

        assert statuses == [404] * 100
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "35"
        assert read(refused)["statusCode"] == 429
        bench.clock.pass_(34.9)
        assert bench.ask("order/x").headers["Retry-After"] == "1"
        bench.clock.pass_(0.1)
        assert [bench.ask("order/x").status_code for _ in range(2)] == [404, 429]

    def test_is_not_used_up_by_strangers_and_public_questions(self, bench: Bench) -> None:
        for _ in range(101):
            assert bench.ask("order/x", auth=None).status_code == 401
            assert bench.ask(SETTINGS, **PUBLIC).status_code == 200

        assert bench.ask("order/x").status_code == 404

    def test_leaves_strangers_and_public_questions_alone(self, bench: Bench) -> None:
        statuses = [bench.ask("order/x").status_code for _ in range(101)]

        assert statuses[-1] == 429
        assert bench.ask("order/x", auth=None).status_code == 401
        assert bench.ask(SETTINGS, **PUBLIC).status_code == 200
        assert bench.ask(SETTINGS).status_code == 200

    def test_counts_requests_that_meet_a_fault(self, bench: Bench) -> None:
        bench.browser.post("/commerce7/_control", json={"mode": "error500", "times": 100})
        statuses = [bench.ask("order/x").status_code for _ in range(101)]

        assert statuses == [500] * 100 + [429]

    def test_does_not_count_what_it_refuses(self) -> None:
        limit, start = RateLimit(), datetime(2026, 8, 5, tzinfo=UTC)
        for _ in range(100):
            assert limit.admit(start) is None

        assert [limit.admit(start + timedelta(seconds=59)) for _ in range(200)] == [1] * 200
        assert limit.admit(start + timedelta(seconds=60)) is None


class TestTheCalls:
    def test_are_remembered_without_credentials(self, bench: Bench) -> None:
        bench.ask("order/x?key=secret")
        bench.clock.pass_(1.5)
        bench.ask("customer/x", auth=None)
        bench.ask(SETTINGS, **PUBLIC)

        second = "2026-08-05T12:00:01.500000+00:00"
        assert bench.calls() == [
            {"path": "/v1/order/x", "at": "2026-08-05T12:00:00+00:00", **WELL},
            {"path": "/v1/customer/x", "at": second, **(WELL | {"status": 401})},
            {"path": "/v1/setting/for-web", "at": second, **(WELL | {"status": 200})},
        ]
        assert "secret" not in json.dumps(bench.calls())

    def test_are_only_those_of_the_api(self, bench: Bench) -> None:
        bench.browser.get("/commerce7/")
        bench.make("web")
        bench.browser.post("/commerce7/_settings", json={})

        assert bench.calls() == []

    def test_are_forgotten_when_told_but_not_by_the_limit(self, bench: Bench) -> None:
        for _ in range(100):
            bench.ask("order/x")

        assert bench.browser.delete("/commerce7/_calls").status_code == 204
        assert bench.calls() == []
        assert bench.ask("order/x").status_code == 429

    def test_are_not_kept_for_ever(self) -> None:
        calls = Calls()
        for number in range(10_001):
            at = datetime(2026, 8, 5, tzinfo=UTC)
            calls.keep(Call(at=at, path=str(number), status=200, fault=None))

        assert (len(calls.all()), calls.all()[0].path) == (10_000, "1")
