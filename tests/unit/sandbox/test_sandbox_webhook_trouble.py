"""The sandbox's Commerce7 loses, repeats and reorders webhooks, and lists what it has."""

from collections import Counter

from tests.sandbox.bench import Bench, read

ORDERS = 200


def trouble(bench: Bench, **wish: float | bool) -> dict[str, int]:
    counts: dict[str, int] = read(bench.browser.post("/commerce7/_webhooks", json=wish))
    return counts


def numbers(bench: Bench) -> list[int]:
    return [webhook["payload"]["orderNumber"] for webhook in bench.told]


class TestTroubledWebhooks:
    def test_are_lost_in_the_wished_part_and_half_of_these_logged(self) -> None:
        bench = Bench()
        trouble(bench, lost=0.2)
        for _ in range(ORDERS):
            bench.make("web")
        counts = trouble(bench)
        assert len(bench.told) == ORDERS - counts["lost"]
        assert ORDERS / 10 < counts["lost"] < ORDERS / 3
        assert 0 < counts["failed"] < counts["lost"]

    def test_are_repeated_and_reordered_and_all_delivered_in_the_end(self) -> None:
        bench = Bench()
        trouble(bench, repeated=0.3, is_reordered=True)
        for _ in range(ORDERS):
            bench.make("web")
        trouble(bench)
        told = numbers(bench)
        assert len(set(told)) == ORDERS
        assert 1.1 * ORDERS < len(told) < 1.5 * ORDERS
        assert set(Counter(told).values()) == {1, 2}
        assert told != sorted(told)


class TestTheLogOfWebhooks:
    def test_has_each_that_was_not_taken_with_its_whole_body(self) -> None:
        bench = Bench(status=503)
        made = bench.make("join")["object"]
        bench.status = 200
        bench.make("web")
        (entry,) = bench.found("web-hook-log?isSuccess=false")["webHookLogs"]
        assert entry["payload"] == made
        assert (entry["object"], entry["action"]) == ("ClubMembership", "Create")
        assert entry["url"] == "http://localhost:8080/webhooks/commerce7"


class TestAList:
    def test_takes_times_and_cursors_only_where_told_so(self) -> None:
        bench = Bench()
        for _ in range(60):
            bench.make("web")
        asked = "order?updatedAt=gte:2026-08-05T12:00:00.000Z&limit=50&cursor="
        assert bench.ask(f"{asked}start").status_code == 422
        bench.browser.post("/commerce7/_lists", json={"is_exact": True})
        first = bench.found(f"{asked}start")
        last = bench.found(f"{asked}{first['cursor']}")
        assert (len(first["orders"]), len(last["orders"]), "cursor" in last) == (50, 10, False)
