"""Find missed events, as the winery's staff sees it: the count first, then sending."""

from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from service.domain.records.job import JobKind
from service.domain.shop.public_settings import Shop
from service.domain.tenants.catch_up import CatchUp
from service.usecases.eventlog.work_on_job import work_on_job
from service.usecases.tasks import shop_task
from tests.builders import NOW, TENANT, an_order
from tests.conftest import World
from tests.fakes import OneCaller
from tests.tenants import put, save_shop
from tests.web.figures.test_views import finish_set_up

DAY = timedelta(days=1)
ADVICE = "3 events from before you installed 1Pixel were not sent."
CHECKED = "3 events were never sent. 3 orders, memberships, reservations and customers checked."


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
        assert CHECKED in counted
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
        assert "Stopped by Olive Owner after 0." in stopped

    def test_shows_no_button_to_readers(self, client: FlaskClient, world: World) -> None:
        post(client, world, "/activity/missed/count")
        work(world, JobKind.COUNT)
        reader = client.get("/activity/work/count", headers=world.staff(role="Data")).text
        assert CHECKED in reader
        assert '<button type="button" class="primary"' not in reader


class TestANewWinery:
    @pytest.fixture(autouse=True)
    def _begin(self, world: World) -> None:
        finish_set_up(world)
        new = CatchUp(starts_at=NOW, at=NOW + 9 * DAY)
        put(world.services.tenants, TENANT, catch_up=new)

    def advice(self, client: FlaskClient, world: World) -> str:
        return ADVICE if ADVICE in get(client, world, "/overview/figures") else ""

    def read_shop(self, client: FlaskClient, world: World) -> None:
        """Do what is due every day, the first time with the installation."""
        world.shops.facts = Shop()
        save_shop(world.services.tenants, TENANT, None, due_at=world.clock())
        task = shop_task(TENANT, due_at=world.clock())
        headers = {"Authorization": f"Bearer {OneCaller.token}"}
        assert client.post(task.path, data=task.body, headers=headers).status_code == 200

    def test_has_its_missed_events_counted_once_and_none_is_sent(
        self, client: FlaskClient, world: World
    ) -> None:
        assert not self.advice(client, world)
        self.read_shop(client, world)
        work(world, JobKind.COUNT)
        job = world.services.jobs.find(TENANT, JobKind.COUNT)
        assert job is not None
        assert (job.who, job.never_sent, world.meta.sent) == ("1Pixel", 3, [])
        self.read_shop(client, world)
        assert world.services.jobs.find(TENANT, JobKind.COUNT) == job

    def test_has_them_counted_again_when_it_installs_the_app_again(
        self, client: FlaskClient, world: World
    ) -> None:
        self.read_shop(client, world)
        work(world, JobKind.COUNT)
        world.clock.advance(3 * DAY)
        again = CatchUp(starts_at=world.clock(), at=NOW + 9 * DAY)
        put(world.services.tenants, TENANT, catch_up=again)
        assert not self.advice(client, world)
        self.read_shop(client, world)
        work(world, JobKind.COUNT)
        job = world.services.jobs.find(TENANT, JobKind.COUNT)
        assert job is not None
        assert (job.started_at, job.never_sent) == (again.starts_at, 3)

    def test_is_told_of_them_for_a_week_until_they_are_sent(
        self, client: FlaskClient, world: World
    ) -> None:
        self.read_shop(client, world)
        assert not self.advice(client, world)
        work(world, JobKind.COUNT)
        assert self.advice(client, world)
        reader = client.get("/activity", headers=world.staff(role="Data")).text
        assert "3 events were never sent" in reader
        assert "Send 3 events" not in reader
        log = get(client, world, "/activity")
        assert "Send 3 events</button>" in log
        assert "if another app has already sent them" in log
        assert "3 events were never sent" not in get(client, world, "/activity")

        plan = get(client, world, "/activity/missed")
        assert "The last count: 3 events" in plan
        assert "Count again</button>" in plan
        assert self.advice(client, world)
        post(client, world, "/activity/missed")
        assert not self.advice(client, world)

    def test_is_not_told_of_them_later(self, client: FlaskClient, world: World) -> None:
        self.read_shop(client, world)
        work(world, JobKind.COUNT)
        world.clock.advance(7 * DAY)
        assert not self.advice(client, world)

    def test_sees_the_count_under_way_only_if_it_asks(
        self, client: FlaskClient, world: World
    ) -> None:
        self.read_shop(client, world)
        assert "Looking for missed events" in get(client, world, "/activity/missed")
        assert "Looking for missed events" not in get(client, world, "/activity")
        assert "Looking for missed events" not in get(client, world, "/activity/resend")

    def test_that_is_not_new_is_left_alone(self, client: FlaskClient, world: World) -> None:
        put(world.services.tenants, TENANT, catch_up=CatchUp(starts_at=NOW - 7 * DAY, at=NOW))
        self.read_shop(client, world)
        assert world.services.jobs.find(TENANT, JobKind.COUNT) is None
