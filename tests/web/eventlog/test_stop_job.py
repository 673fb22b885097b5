"""Stopping a job on the log, as the winery's staff sees it."""

import logging
import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.records.job import MOST_TRIES, JobKind, taken_up
from service.usecases.eventlog.work_on_job import work_on_job
from service.usecases.task_bodies import WorkOnJob, parse_task
from tests.builders import TENANT
from tests.conftest import World
from tests.unit.usecases.failures import give_up, statuses
from tests.web.objects import OUR_QUEUE

MANY = 60
WORK = "/activity/work/resend"
BUTTON = re.compile(r'id="stop-work" hx-post="(/activity/work/resend/[^"]+/stop)"')


@pytest.fixture
def many(client: FlaskClient, world: World) -> World:
    """Return a world where a staff member has just started to resend many events."""
    give_up(world, range(MANY))
    world.clock.advance(timedelta(seconds=1))
    assert "<progress" in client.post("/activity/resend", headers=world.staff()).text
    return world


def look(client: FlaskClient, world: World, **staff: str) -> str:
    answer = client.get(WORK, headers=world.staff(**staff))
    assert answer.status_code == 200
    return unescape(answer.text)


def stop(client: FlaskClient, world: World, **staff: str) -> str:
    """Press the button, and return the answer."""
    found = BUTTON.search(look(client, world, **staff))
    assert found
    answer = client.post(found[1], headers=world.staff(**staff))
    assert answer.status_code == 200
    return unescape(answer.text)


class TestTheButton:
    def test_stops_the_work_and_says_who_did(self, client: FlaskClient, many: World) -> None:
        work_on_job(TENANT, JobKind.RESEND, services=many.services)
        html = stop(client, many, id="bob", name="Bob <Barrel>")
        said = f"Stopped by Bob <Barrel> after 50 of {MANY}. Completed changes are kept."
        for page in (html, look(client, many), look(client, many, id="carol")):
            assert said in page
            assert "Sending events again was stopped" in page
            assert "hx-trigger" not in page
            assert "stop-work" not in page
        many.run_tasks()
        assert statuses(many) == {"sent": 50, "error": 10}

    def test_says_that_a_step_may_still_be_under_way(
        self, client: FlaskClient, many: World
    ) -> None:
        job = many.services.jobs.find(TENANT, JobKind.RESEND)
        assert job
        taken = taken_up(job, now=many.clock(), lease=timedelta(minutes=2))
        assert many.services.jobs.replace(TENANT, taken, over=job)
        assert "One step in progress may still be completed." in stop(client, many)

    def test_is_not_for_readers(self, client: FlaskClient, many: World) -> None:
        assert "stop-work" not in look(client, many, role="Data")
        found = BUTTON.search(look(client, many))
        assert found
        answer = client.post(found[1], headers=many.staff(role="Data"))
        assert answer.status_code == 403
        assert "<progress" in look(client, many)

    def test_of_another_winery_stops_nothing_here(self, client: FlaskClient, many: World) -> None:
        found = BUTTON.search(look(client, many))
        assert found
        many.install(tenant_id="other-winery")
        assert client.post(found[1], headers=many.staff("other-winery")).status_code == 200
        assert "<progress" in look(client, many)

    def test_pressed_twice_has_the_same_answer(self, client: FlaskClient, many: World) -> None:
        found = BUTTON.search(look(client, many))
        assert found
        pages = [client.post(found[1], headers=many.staff()).text for _ in range(2)]
        assert pages[0] == pages[1]

    @pytest.mark.parametrize("path", ["/activity/work/other/x/stop", "/activity/work/resend/stop"])
    def test_of_an_unknown_job_is_not_found(
        self, client: FlaskClient, many: World, path: str
    ) -> None:
        assert client.post(path, headers=many.staff()).status_code in {404, 405}

    def test_is_in_the_audit_trail(self, client: FlaskClient, many: World) -> None:
        stop(client, many)
        html = unescape(client.get("/configuration", headers=many.staff()).text)
        assert "Event Log: sending events again stopped" in html


class TestAJobThatNeverEnds:
    def test_is_an_error_in_the_log(
        self, client: FlaskClient, many: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        job = many.services.jobs.find(TENANT, JobKind.RESEND)
        assert job is not None
        tried = replace(job, tries=MOST_TRIES)
        assert many.services.jobs.replace(TENANT, tried, over=job)
        (task,) = [
            each for each in many.queue.tasks if isinstance(parse_task(each.body), WorkOnJob)
        ]
        with caplog.at_level(logging.INFO):
            answer = client.post(task.path, data=task.body, headers=OUR_QUEUE)
        assert answer.json == {"result": "gave up"}
        (said,) = [each for each in caplog.records if each.message == "job.worked_on"]
        assert (said.levelname, vars(said)["result"]) == ("ERROR", "gave up")
