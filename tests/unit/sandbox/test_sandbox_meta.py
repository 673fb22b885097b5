"""The sandbox's Meta and its pages, without a network."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.sandbox.app import SandboxConfig, fresh_sandbox

NOW = datetime(2026, 8, 5, 12, 0, tzinfo=UTC)
HASH = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"
PIXELS = {"111": "EAAfirst", "222": "EAAsecond"}
EVENT = {
    "event_name": "Lead",
    "event_time": int(NOW.timestamp()),
    "event_id": "c7-reservation-1",
    "action_source": "phone_call",
    "user_data": {"em": HASH},
    "custom_data": {"value": 9.5, "currency": "USD"},
}

Json = dict[str, Any]


@pytest.fixture
def browser() -> FlaskClient:
    config = SandboxConfig(
        service_url="http://localhost:8080/",
        webhook_user="sandbox",
        webhook_password="secret-password",
        pixels=PIXELS,
        clock=lambda: NOW,
    )
    return fresh_sandbox(config).test_client()


def send(browser: FlaskClient, *events: object, pixel: str = "111") -> Json:
    answer = browser.post(
        f"/meta/v27.0/{pixel}/events",
        json={"data": list(events)},
        headers={"Authorization": f"Bearer {PIXELS[pixel]}"},
    )
    body = answer.get_json()
    assert isinstance(body, dict)
    return body


def received(browser: FlaskClient) -> Json:
    body = browser.get("/meta/_received").get_json()
    assert isinstance(body, dict)
    return body


class TestPages:
    def test_the_index_leads_everywhere(self, browser: FlaskClient) -> None:
        page = browser.get("/").text

        for link in ("/commerce7/", "/meta/", "/commerce7/admin/sandbox-winery"):
            assert f'href="{link}"' in page

    @pytest.mark.parametrize("path", ["/", "/commerce7/", "/meta/", "/static/sandbox.css"])
    def test_run_no_scripts_and_load_nothing_from_elsewhere(
        self, browser: FlaskClient, path: str
    ) -> None:
        answer = browser.get(path)

        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "secret-password" not in answer.text
        assert "//" not in answer.text.replace("http://localhost:8080", "")
        answer.close()


class TestMeta:
    def test_takes_an_event_and_remembers_it(self, browser: FlaskClient) -> None:
        answer = send(browser, EVENT)
        seen = received(browser)

        assert answer["events_received"] == 1
        assert seen["counts"] == {"accepted": 1, "tests": 0, "refused": 0, "repeats": 0}
        assert seen["events"] == [
            EVENT | {"pixel": "111", "received_at": NOW.isoformat(), "repeat": False}
        ]
        [request] = seen["requests"]
        assert (request["verdict"], request["status"], request["fault"]) == ("accepted", 200, None)
        assert request["event_ids"] == ["c7-reservation-1"]
        assert request["event_names"] == ["Lead"]
        assert request["body"] == {"data": [EVENT]}
        assert request["answer"] == answer

    def test_refuses_an_event_and_remembers_that(self, browser: FlaskClient) -> None:
        send(browser, EVENT | {"event_time": 0})
        seen = received(browser)

        assert seen["counts"] == {"accepted": 0, "tests": 0, "refused": 1, "repeats": 0}
        assert seen["events"] == []
        assert seen["requests"][0]["status"] == 400
        assert seen["requests"][0]["event_ids"] == ["c7-reservation-1"]

    def test_counts_an_event_that_comes_again(self, browser: FlaskClient) -> None:
        send(browser, EVENT | {"event_time": 0})
        send(browser, EVENT)
        send(browser, EVENT, EVENT | {"event_id": "c7-reservation-2"})
        seen = received(browser)

        assert seen["counts"] == {"accepted": 3, "tests": 0, "refused": 1, "repeats": 1}
        assert [event["repeat"] for event in seen["events"]] == [False, True, False]

    def test_knows_an_event_by_pixel_name_and_id(self, browser: FlaskClient) -> None:
        send(browser, EVENT)
        send(browser, EVENT, pixel="222")
        send(browser, EVENT | {"event_name": "Contact"})

        assert received(browser)["counts"]["repeats"] == 0

    def test_cannot_tell_events_without_ids_apart(self, browser: FlaskClient) -> None:
        nameless = {key: value for key, value in EVENT.items() if key != "event_id"}
        send(browser, nameless, nameless)

        assert received(browser)["counts"] == {
            "accepted": 2,
            "tests": 0,
            "refused": 0,
            "repeats": 0,
        }

    def test_keeps_test_events_apart(self, browser: FlaskClient) -> None:
        browser.post(
            "/meta/v27.0/111/events",
            json={"data": [EVENT], "test_event_code": "TEST1"},
            headers={"Authorization": "Bearer EAAfirst"},
        )
        seen = received(browser)

        assert seen["counts"] == {"accepted": 0, "tests": 1, "refused": 0, "repeats": 0}
        assert seen["events"] == []
        assert [each["test_event_code"] for each in seen["test_events"]] == ["TEST1"]
        assert "Accepted as a test (TEST1)" in browser.get("/meta/").text

    def test_answers_readers(self, browser: FlaskClient) -> None:
        headers = {"Authorization": "Bearer EAAfirst"}
        token = browser.get("/meta/v27.0/debug_token?input_token=EAAfirst", headers=headers)
        pixel = browser.get("/meta/v27.0/111?fields=id,name", headers=headers)

        assert token.get_json()["data"]["is_valid"]
        assert (pixel.status_code, pixel.get_json()["error"]["code"]) == (400, 100)
        assert received(browser)["requests"] == []

    def test_never_remembers_a_token(self, browser: FlaskClient) -> None:
        send(browser, EVENT)

        assert "EAAfirst" not in browser.get("/meta/_received").text

    def test_forgets_when_told(self, browser: FlaskClient) -> None:
        send(browser, EVENT)
        assert browser.delete("/meta/_received").status_code == 204
        send(browser, EVENT)

        assert received(browser)["counts"] == {
            "accepted": 1,
            "tests": 0,
            "refused": 0,
            "repeats": 0,
        }

    def test_remembers_what_is_not_even_json(self, browser: FlaskClient) -> None:
        browser.post("/meta/v27.0/111/events", data=b"\xffdata", content_type="text/plain")

        assert received(browser)["requests"][0]["body"] == "\N{REPLACEMENT CHARACTER}data"
        assert "Refused" in browser.get("/meta/").text

    @pytest.mark.parametrize(
        "path", ["/meta/v27.0/111/stats", "/meta/v27.0/111/events", "/meta/me"]
    )
    def test_has_no_other_addresses(self, browser: FlaskClient, path: str) -> None:
        answer = browser.get(path)

        assert answer.status_code == 400
        assert answer.get_json()["error"]["code"] == 2500


class TestTheMetaPage:
    def test_shows_what_arrived_newest_first(self, browser: FlaskClient) -> None:
        send(browser, EVENT)
        send(browser, EVENT | {"event_id": "<b>", "event_time": 0})
        page = browser.get("/meta/").text

        assert '<meta http-equiv="refresh" content="2">' in page
        assert page.index("&lt;b&gt;") < page.index("c7-reservation-1")
        assert "Refused: 100/2804003 Event Timestamp Too Old" in page
        assert "9.5 USD" in page
        assert HASH not in page

    def test_can_stand_still(self, browser: FlaskClient) -> None:
        assert "http-equiv" not in browser.get("/meta/?paused=1").text

    @pytest.mark.parametrize(
        ("times", "again"), [("once", "behaves"), ("always", "until told otherwise")]
    )
    def test_makes_it_misbehave(self, browser: FlaskClient, times: str, again: str) -> None:
        answer = browser.post("/meta/", data={"mode": "error500", "times": times})
        planned = browser.get("/meta/").text
        send(browser, EVENT)

        assert (answer.status_code, answer.headers["Location"]) == (303, "/meta/")
        assert "Planned: <strong" in planned
        page = browser.get("/meta/").text
        assert again in page
        assert "Not taken, as told: HTTP 500" in page

    def test_makes_it_behave_again(self, browser: FlaskClient) -> None:
        browser.post("/meta/", data={"mode": "error500", "times": "always"})
        browser.post("/meta/", data={"mode": "behave"})

        assert send(browser, EVENT)["events_received"] == 1

    def test_knows_no_other_moods(self, browser: FlaskClient) -> None:
        assert browser.post("/meta/", data={"mode": "x"}).status_code == 400
