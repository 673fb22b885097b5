"""The buttons that send requests to Meta, over HTTP with a session and the sandbox's Meta."""

import pytest
import requests

from service.domain.events.event import EventName
from tests.builders import PIXEL, SECOND_PIXEL, TOKEN
from tests.e2e.conftest import Site
from tests.e2e.harness import an_order_webhook, eventually

CODE = "TEST12345"
WITH_CODE = ("--set", f'test_event_code="{CODE}"')
SECOND = ("--secondary-pixel-id", SECOND_PIXEL, "--secondary-token-stdin")


@pytest.fixture(params=["local", "cloud"])
def engines(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return each pair of engines in turn: progress is kept in both."""
    chosen: dict[str, str] = request.getfixturevalue("cloud") if request.param == "cloud" else {}
    return chosen


def press(site: Site, path: str, **form: str) -> str:
    """Send a button's request as the page does, and return the answer's text."""
    headers = {"Authorization": f"Bearer {site.service.sign_in()}"}
    answer = requests.post(f"{site.service.url}{path}", data=form, headers=headers, timeout=30)
    answer.raise_for_status()
    site.service.answers.append(answer.text)
    return answer.text


def test_a_test_purchase_arrives_with_the_code_and_a_real_one_without(site: Site) -> None:
    site.service.configure(*WITH_CODE, *SECOND, token=f"{TOKEN}\n{TOKEN}")
    site.service.start()
    assert "was sent" in press(site, "/simulation/Purchase")

    (test,) = site.meta.test_events()
    assert (test["pixel"], test["test_event_code"]) == (PIXEL, CODE)
    assert (test["custom_data"]["value"], test["custom_data"]["currency"]) == (1.0, "USD")
    (duplicate,) = site.meta.events()
    assert (duplicate["pixel"], duplicate["event_id"]) == (SECOND_PIXEL, test["event_id"])
    assert site.service.rows() == []

    order = an_order_webhook()
    site.service.tell(order)
    event_id = f"c7-order-{order['payload']['id']}"
    eventually(lambda: len(site.meta.events(event_id)) == 2)
    assert len(site.meta.test_events()) == 1


def test_every_event_can_be_simulated_while_all_is_switched_off(site: Site) -> None:
    site.service.configure(*WITH_CODE, "--set", "enabled=false")
    site.service.start()
    names = [str(name) for name in EventName]
    for name in names:
        assert "was sent" in press(site, f"/simulation/{name}")

    assert [event["event_name"] for event in site.meta.test_events()] == names
    assert (site.meta.events(), site.meta.refusals(), site.service.rows()) == ([], [], [])


def test_a_connection_is_verified_by_one_harmless_event(site: Site) -> None:
    site.service.configure(*WITH_CODE)
    site.service.start()
    assert "Pixel credentials verified" in press(site, "/connection/test", role="primary")

    (probe,) = site.meta.test_events()
    assert (probe["event_name"], probe["pixel"]) == ("ConnectionTest", PIXEL)
    assert "custom_data" not in probe
    assert site.meta.events() == []


class TestABrokenConnection:
    def test_is_told_and_its_token_is_nowhere(self, site: Site) -> None:
        wrong = "EAAmarkertokenofnobody0123456789"
        site.service.configure(*WITH_CODE, token=wrong)
        site.service.start()
        told = press(site, "/connection/test", role="primary")
        told += press(site, "/simulation/Lead")
        site.service.stop()

        assert "Meta does not accept the access token" in told
        assert "Meta refused the access token" in told
        assert site.meta.test_events() == []
        log = site.service.log_file.read_text()
        assert '"message": "connection.tested"' in log
        assert wrong not in log + "".join(site.service.answers)

    def test_is_no_broken_one_when_meta_is_down(self, site: Site) -> None:
        site.service.configure(*WITH_CODE)
        site.service.start()
        site.meta.misbehave("html503")
        told = press(site, "/connection/test", role="primary")
        assert "Meta is not responding" in told
        assert "may be fine" in told
        assert "verified" in press(site, "/connection/test", role="primary")
