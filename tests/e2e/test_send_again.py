"""Resending failed events over real processes, with its progress on the dashboard."""

import re

import pytest
import requests

from tests.builders import PIXEL, SECOND_PIXEL, TOKEN
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually

PAGE = "/activity/resend"
MANY, FEW = 22, 3


@pytest.fixture(params=["local", "cloud"])
def engines(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return each pair of engines in turn."""
    chosen: dict[str, str] = request.getfixturevalue("cloud") if request.param == "cloud" else {}
    return chosen


class Staff:
    """The owner, whose requests are those of the page's buttons."""

    def __init__(self, site: Site) -> None:
        self._url = site.service.url
        self._headers = {"Authorization": f"Bearer {site.service.sign_in()}"}

    def see(self, path: str) -> str:
        return self._said(requests.get(self._url + path, headers=self._headers, timeout=20))

    def press(self, path: str) -> str:
        return self._said(requests.post(self._url + path, headers=self._headers, timeout=60))

    def until_done(self, kind: str) -> str:
        """Poll the progress until the job is finished, and return its result."""

        def look() -> str | None:
            html = self.see(f"/activity/work/{kind}")
            return None if "hx-trigger" in html else html

        return eventually(look, within=60)

    @staticmethod
    def _said(answer: requests.Response) -> str:
        answer.raise_for_status()
        return re.sub(r"\s+", " ", answer.text)


def order(site: Site, number: int) -> set[str]:
    """Place `number` orders, and return their events' ids."""
    made = [site.commerce7.perform("web")["object"]["id"] for _ in range(number)]
    return {f"c7-order-{each}" for each in made}


def failures(staff: Staff) -> int:
    """Return how many failed events could be sent again."""
    found = re.search(r"(\d+) events? can be sent again", staff.see(PAGE))
    return int(found[1]) if found else 0


def ids_taken(site: Site, pixel: str = PIXEL) -> list[str]:
    return sorted(event["event_id"] for event in site.meta.events() if event["pixel"] == pixel)


class TestWhatFailed:
    def test_is_sent_again_and_arrives_once(self, site: Site) -> None:
        site.service.start()
        staff = Staff(site)
        sent_before = order(site, 2)
        eventually(lambda: len(site.meta.events()) == len(sent_before))
        # Some are refused for good; the others fail until their last attempt.
        site.meta.misbehave("invalid", times=None)
        refused = order(site, FEW)
        eventually(lambda: failures(staff) == FEW)
        site.meta.misbehave("error500", times=None)
        given_up = order(site, MANY)
        eventually(lambda: failures(staff) == FEW + MANY, within=60)
        assert ids_taken(site) == sorted(sent_before)

        site.meta.behave()
        started = staff.press(PAGE)
        assert f'<progress max="{FEW + MANY}"' in started
        # Some may already have been sent by their own retries.
        assert re.search(r"Sending \d+ events again\.", staff.until_done("resend"))
        everything = sorted(sent_before | refused | given_up)
        eventually(lambda: ids_taken(site) == everything, within=60)
        assert not any(event["repeat"] for event in site.meta.events())
        assert failures(staff) == 0
        assert "No failed events" in staff.press(PAGE)

        # Clearing the log sends nothing.
        cleared = staff.press("/activity/clear?scope=all")
        assert "rows cleared" in (cleared if "cleared" in cleared else staff.until_done("clear"))
        assert site.service.rows() == []
        assert ids_taken(site) == everything

    def test_at_one_of_two_pixels_goes_there_alone(self, site: Site) -> None:
        second = ("--secondary-pixel-id", SECOND_PIXEL, "--secondary-token-stdin")
        site.service.configure(*second, token=f"{TOKEN}\n{TOKEN}")
        site.service.start()
        staff = Staff(site)
        site.meta.misbehave("invalid", times=None, only=SECOND_PIXEL)
        orders = sorted(order(site, 2))
        eventually(lambda: failures(staff) == 2)
        eventually(lambda: ids_taken(site) == orders)

        site.meta.behave()
        assert "Sending 2 events again" in staff.press(PAGE)
        eventually(lambda: ids_taken(site, SECOND_PIXEL) == orders)
        assert ids_taken(site) == orders


class TestASweep:
    def test_takes_up_a_job_whose_service_was_killed(
        self, site: Site, engines: dict[str, str]
    ) -> None:
        if engines:
            pytest.skip("Cloud Tasks keeps its tasks: there is nothing to take up")
        site.service.start()
        staff = Staff(site)
        site.meta.misbehave("error500", times=None)
        orders = sorted(order(site, MANY))
        eventually(lambda: failures(staff) == MANY, within=60)
        site.meta.behave()
        staff.press(PAGE)
        site.service.kill()
        site.service.start()

        def swept_until_sent() -> bool:
            assert site.service.call_task("/tasks/sweep").status_code == 200
            return ids_taken(site) == orders

        eventually(swept_until_sent, within=60)
        assert not any(event["repeat"] for event in site.meta.events())
