"""Find missed events, as the winery's staff sees it: the count first, then sending."""

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from service.domain.records.job import JobKind
from service.domain.tenants.catch_up import CatchUp
from service.usecases.eventlog.work_on_job import work_on_job
from tests.builders import NOW, TENANT, an_order
from tests.conftest import World
from tests.tenants import put
from tests.web.figures.test_views import finish_set_up

DAY = timedelta(days=1)
CHECKED = "3 orders, memberships, reservations and customers checked; 3 events were never sent"


@pytest.fixture(autouse=True)
def _shop(world: World) -> None:
    world.install()
    for number in range(3):
        world.shops.orders[f"{number}"] = an_order(id=f"{number}", updated_at=NOW)


def get(client: FlaskClient, world: World, path: str) -> str:
    return unescape(client.get(path, headers=world.staff()).text)


def post(client: FlaskClient, world: World, path: str) -> str:
    return unescape(client.post(path, headers=world.staff()).text)


def work(world: World, kind: JobKind) -> None:
    while (job := world.services.jobs.find(TENANT, kind)) and job.is_running and job.due_at:
        world.clock.now = max(world.clock(), job.due_at)
        work_on_job(TENANT, kind, services=world.services)


class TestFindMissedEvents:
    def test_counts_first_and_sends_when_told(self, client: FlaskClient, world: World) -> None:
        assert "Find missed events</button>" in get(client, world, "/activity")
        plan = get(client, world, "/activity/missed")
        assert "of the last 7 days, and orders of the last 62 days for tasting-room sales" in plan

        running = post(client, world, "/activity/missed/count")
        assert "so far. You can leave this page" in running
        assert "Stop looking" in running
        assert "<progress aria" in running
        assert get(client, world, "/activity/missed") == running
        work(world, JobKind.COUNT)
        counted = get(client, world, "/activity/work/count")
        assert f"{CHECKED}." in counted
        assert "Send 3 events</button>" in counted
        assert "These stay as they are" not in counted
        assert world.meta.sent == []

        assert "0 of 3. You can leave" in post(client, world, "/activity/missed")
        work(world, JobKind.BACKFILL)
        world.run_tasks()
        assert "Sending 3 events. The log shows the result." in get(
            client, world, "/activity/work/backfill"
        )
        assert len(world.meta.sent) == 3

    def test_is_counted_anew_before_it_is_sent_again(
        self, client: FlaskClient, world: World
    ) -> None:
        assert "Count them" in post(client, world, "/activity/missed")

    def test_that_is_stopped_says_how_far_it_came(self, client: FlaskClient, world: World) -> None:
        post(client, world, "/activity/missed/count")
        job = world.services.jobs.find(TENANT, JobKind.COUNT)
        assert job is not None
        stopped = post(client, world, f"/activity/work/count/{job.id}/stop")
        assert "Stopped after 0: stopped by Olive Owner" in stopped

    def test_shows_no_button_to_readers(self, client: FlaskClient, world: World) -> None:
        post(client, world, "/activity/missed/count")
        work(world, JobKind.COUNT)
        reader = client.get("/activity/work/count", headers=world.staff(role="Data")).text
        assert "checked; 3 events" in reader
        assert '<button type="button" class="primary"' not in reader


class TestANewWinery:
    def test_is_advised_to_count_for_a_week(self, client: FlaskClient, world: World) -> None:
        finish_set_up(world)
        advice = "Sales of the days before you installed 1Pixel may not have been sent."

        def is_advised() -> bool:
            return advice in get(client, world, "/overview/figures")

        assert not is_advised()
        put(world.services.tenants, TENANT, catch_up=CatchUp(starts_at=NOW, at=NOW + 9 * DAY))
        assert is_advised()
        world.clock.advance(7 * DAY)
        assert not is_advised()
        world.clock.now = NOW
        post(client, world, "/activity/missed/count")
        assert not is_advised()
