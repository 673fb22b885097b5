"""From webhook bytes to Meta, over real sockets and processes."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.builders import PIXEL
from tests.e2e.conftest import Site
from tests.e2e.harness import LOGIN, an_order_webhook, an_unpaid_then_paid_order, eventually


@pytest.fixture(params=["local", "cloud"])
def engines(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return each pair of engines in turn."""
    chosen: dict[str, str] = request.getfixturevalue("cloud") if request.param == "cloud" else {}
    return chosen


def event_id(webhook: dict[str, dict[str, str]]) -> str:
    return f"c7-order-{webhook['payload']['id']}"


class TestAnOrder:
    @pytest.mark.parametrize(
        ("kind", "source"),
        [
            ("web", "website"),
            ("pos", "physical_store"),
            ("inbound", "phone_call"),
            ("club", "system_generated"),
            ("gift", "website"),
            ("california", "website"),
        ],
    )
    def test_of_every_channel_arrives_as_a_purchase(
        self, site: Site, kind: str, source: str
    ) -> None:
        site.service.start()
        url = f"{site.sandbox_url}/commerce7/orders"
        made = requests.post(url, json={"kind": kind}, timeout=20).json()

        (event,) = eventually(site.meta.events)
        order = made["order"]
        assert made["webhooks"][0]["body"] == {"result": "recorded"}
        assert (event["event_name"], event["action_source"]) == ("Purchase", source)
        assert event["event_id"] == f"c7-order-{order['id']}"
        assert event["pixel"] == PIXEL
        assert event["custom_data"]["value"] == order["total"] / 100
        assert event["custom_data"]["currency"] == "USD"
        assert event["custom_data"]["order_id"] == str(order["orderNumber"])
        assert (event.get("data_processing_options") == ["LDU"]) is (kind == "california")
        assert site.meta.refusals() == []
        eventually(lambda: " sent " in site.service.rows()[0])

    def test_told_fifty_times_at_once_is_one_event_and_one_send(self, site: Site) -> None:
        site.service.start()
        body = json.dumps(an_order_webhook()).encode()
        with ThreadPoolExecutor(max_workers=50) as pool:
            answers = list(pool.map(lambda _: site.service.tell(body), range(50)))

        results = [answer.json()["result"] for answer in answers]
        assert {answer.status_code for answer in answers} == {200}
        assert (results.count("recorded"), results.count("duplicate")) == (1, 49)
        eventually(lambda: site.service.rows() and " sent " in site.service.rows()[0])
        assert len(site.service.rows()) == 1
        assert len(site.meta.events()) == 1

    def test_paid_later_is_one_purchase(self, site: Site) -> None:
        site.service.start()
        created, updated = an_unpaid_then_paid_order()

        assert site.service.tell(created).json() == {"result": "recorded"}
        assert "waiting" in site.service.rows()[0]
        assert site.service.tell(updated).json() == {"result": "recorded"}
        assert site.service.tell(updated).json() == {"result": "duplicate"}

        eventually(lambda: " sent " in site.service.rows()[0])
        assert [event["event_id"] for event in site.meta.events()] == [event_id(created)]
        assert len(site.service.rows()) == 1


@pytest.mark.parametrize("engines", ["local"], indirect=True)
class TestAQueue:
    def test_that_delivers_twice_sends_once(self, site: Site) -> None:
        site.service.start("tests.e2e.special:with_a_doubling_queue()")
        webhooks = [an_order_webhook() for _ in range(10)]
        for webhook in webhooks:
            site.service.tell(webhook)

        eventually(lambda: sum(" sent " in row for row in site.service.rows()) == len(webhooks))
        sent = [event["event_id"] for event in site.meta.events()]
        assert sorted(sent) == sorted(map(event_id, webhooks))

    def test_that_dies_with_its_tasks_loses_nothing(self, site: Site) -> None:
        site.service.start("tests.e2e.special:with_a_late_queue()")
        webhook = an_order_webhook()
        assert site.service.tell(webhook).json() == {"result": "recorded"}
        assert "queued" in site.service.rows()[0]

        site.service.kill()
        assert site.meta.events() == []
        site.service.start()

        def swept_until_sent() -> bool:
            assert site.service.call_task("/tasks/sweep").status_code == 200
            return bool(site.meta.events(event_id(webhook)))

        eventually(swept_until_sent)
        eventually(lambda: " sent " in site.service.rows()[0])
        assert len(site.meta.events()) == 1


class TestMeta:
    @pytest.mark.parametrize("mode", ["error500", "html503", "reset", "zero"])
    def test_that_fails_for_a_while_gets_the_same_event_again(self, site: Site, mode: str) -> None:
        site.service.start()
        site.meta.misbehave(mode, times=3)
        webhook = an_order_webhook()
        site.service.tell(webhook)

        (event,) = eventually(site.meta.events)
        assert event["event_id"] == event_id(webhook)
        assert len(site.meta.refusals()) == 3
        eventually(lambda: " sent " in site.service.rows()[0])

    def test_that_fails_for_good_is_an_error_after_four_attempts(self, site: Site) -> None:
        site.service.start()
        site.meta.misbehave("error500", times=None)
        site.service.tell(an_order_webhook())

        row = eventually(lambda: next((r for r in site.service.rows() if " error " in r), None))
        assert "Meta could not accept the event (code 2) (tried 4 times)" in row
        assert len(site.meta.refusals()) == 4

    def test_whose_answer_is_lost_gets_the_same_id_again(self, site: Site) -> None:
        site.service.start()
        site.meta.misbehave("lost")
        webhook = an_order_webhook()
        site.service.tell(webhook)

        eventually(lambda: " sent " in site.service.rows()[0])
        assert {event["event_id"] for event in site.meta.events()} == {event_id(webhook)}
        assert [event["repeat"] for event in site.meta.events()] == [False, True]

    @pytest.mark.parametrize(
        ("mode", "why"),
        [
            ("throttled", "Meta is limiting requests (code 80004, subcode 2446079)"),
            ("expired", "The access token has expired (code 190, subcode 463)"),
        ],
    )
    def test_that_says_wait_holds_the_event(self, site: Site, mode: str, why: str) -> None:
        site.service.start()
        site.meta.misbehave(mode, times=None)
        site.service.tell(an_order_webhook())

        row = eventually(lambda: next((r for r in site.service.rows() if " on hold " in r), None))
        assert why in row
        assert len(site.meta.refusals()) == 1


class TestABodyWithoutALength:
    def test_is_read_to_its_end_and_never_cut(self, site: Site) -> None:
        site.service.start()
        order = json.dumps(an_order_webhook()).encode()

        def chunks(size: int) -> Iterator[bytes]:
            yield order
            yield b" " * (size - len(order))

        def results(size: int) -> tuple[int, str]:
            url = f"{site.service.url}/webhooks/commerce7"
            answer = requests.post(url, data=chunks(size), auth=LOGIN, timeout=20)
            return answer.status_code, answer.json()["result"]

        mebibyte = 1024 * 1024
        assert results(8 * mebibyte + 1)[0] == 200
        assert site.service.rows() == []
        assert results(2 * mebibyte) == (200, "recorded")
        assert len(site.service.rows()) == 1
