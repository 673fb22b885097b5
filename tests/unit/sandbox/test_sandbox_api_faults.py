"""The planned faults of the sandbox's Commerce7 API, without a network."""

import json
from typing import Any

import pytest

from tests.sandbox.bench import Bench, read

PUBLIC: dict[str, Any] = {"auth": None, "headers": {"tenant": "sandbox-winery"}}
SETTINGS = "setting/for-web?version=V2"


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestFaults:
    @pytest.mark.parametrize(
        ("mode", "status"),
        [("error500", 500), ("html503", 503), ("unauthorized", 401), ("throttled", 429)],
    )
    def test_come_as_often_as_planned(self, bench: Bench, mode: str, status: int) -> None:
        planned = bench.browser.post("/commerce7/_control", json={"mode": mode, "times": 2})

        assert (planned.status_code, read(planned)) == (
            200,
            {"mode": mode, "times": 2, "seconds": 20.0},
        )
        answers = [bench.ask("order/x") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [status, status, 404]
        assert [(call["status"], call["fault"]) for call in bench.calls()] == [
            (status, mode),
            (status, mode),
            (404, None),
        ]

    def test_come_until_they_are_ended(self, bench: Bench) -> None:
        bench.browser.post("/commerce7/_control", json={"mode": "error500", "times": None})
        statuses = [bench.ask("order/x").status_code for _ in range(5)]
        behaving = bench.browser.post("/commerce7/_control", json={"mode": "ok"})

        assert read(behaving) == {"mode": "ok"}
        assert [*statuses, bench.ask("order/x").status_code] == [500] * 5 + [404]

    @pytest.mark.parametrize("mode", ["error500", "unauthorized", "throttled"])
    def test_have_the_shape_of_commerce7_s_errors(self, bench: Bench, mode: str) -> None:
        bench.browser.post("/commerce7/_control", json={"mode": mode})
        answer = bench.ask("order/x")

        assert read(answer)["statusCode"] == answer.status_code
        assert read(answer).keys() == {"statusCode", "type", "message", "errors"}
        assert answer.headers.get("Retry-After") == ("2" if mode == "throttled" else None)

    def test_may_be_a_page(self, bench: Bench) -> None:
        bench.browser.post("/commerce7/_control", json={"mode": "html503"})
        answer = bench.ask("order/x")

        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.text.startswith("<html>")

    def test_may_look_like_success(self, bench: Bench) -> None:
        order = bench.make("web")["order"]
        bench.browser.post("/commerce7/_control", json={"mode": "notjson"})
        answer = bench.ask(f"order/{order['id']}")

        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        with pytest.raises(ValueError, match="Unterminated string"):
            json.loads(answer.text)

    def test_meet_public_questions_too(self, bench: Bench) -> None:
        bench.browser.post("/commerce7/_control", json={"mode": "error500"})

        assert bench.ask(SETTINGS, **PUBLIC).status_code == 500

    def test_are_not_meta_s(self, bench: Bench) -> None:
        bench.browser.post("/commerce7/_control", json={"mode": "error500"})
        bench.browser.post("/meta/_control", json={"mode": "throttled"})

        assert bench.browser.post("/meta/v27.0/1/events").status_code == 400
        assert bench.ask("order/x").status_code == 500

    @pytest.mark.parametrize(
        "wish", [{}, [], {"mode": "behave"}, {"mode": "zero"}, {"mode": "reset", "times": 0}]
    )
    def test_are_not_guessed(self, bench: Bench, wish: object) -> None:
        answer = bench.browser.post("/commerce7/_control", json=wish)

        assert answer.status_code == 400
        assert bench.ask("order/x").status_code == 404
