"""Resending, as the winery's staff sees it."""

from datetime import timedelta
from html import unescape

import pytest
from flask import render_template
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.records.job import MOST_TRIES, JobKind
from service.usecases.eventlog.work_on_job import work_on_job
from service.web.request.guard import require_session
from tests.builders import REFUSED, TENANT, a_registration, a_signal, some_settings
from tests.conftest import World
from tests.fakes import OneCaller
from tests.tenants import forget
from tests.unit.usecases.failures import (
    a_week_passes,
    fail,
    give_up,
    posts,
    rows,
    statuses,
)

PAGE = "/activity/resend"
OURS = {"Authorization": f"Bearer {OneCaller.token}"}
MANY = 30
ALL_RESENT = f"Sending {MANY} events again"


def plan(client: FlaskClient, world: World, query: str = "") -> str:
    answer = client.get(f"{PAGE}?{query}", headers=world.staff())
    assert answer.status_code == 200
    return unescape(answer.text)


def press(client: FlaskClient, world: World, query: str = "", **staff: str) -> str:
    world.clock.advance(timedelta(seconds=1))
    answer = client.post(f"{PAGE}?{query}", headers=world.staff(**staff))
    assert answer.status_code == 200
    return unescape(answer.text)


class TestTheDryRun:
    def test_says_how_many_go_and_how_many_are_lost(
        self, client: FlaskClient, world: World
    ) -> None:
        fail(world, 1)
        registered = world.receive(a_signal(a_registration())).record
        assert registered
        world.meta.script = [REFUSED]
        world.send(registered)
        html = plan(client, world)
        assert "1 event can be sent again" in html
        assert "These can no longer be sent:" in html
        assert "1 from sign-ups" in html
        assert "Send 1 event again" in html
        assert statuses(world) == {"error": 2}

    def test_counts_what_is_filtered(self, client: FlaskClient, world: World) -> None:
        fail(world, 1, 2)
        assert "2 events can" in plan(client, world)
        assert "1 event can" in plan(client, world, "object=1002")
        for nothing in ("event=Lead", "status=sent", "show=website", "from=2026-08-06"):
            html = plan(client, world, nothing)
            assert "No failed events" in html
            assert "Send " not in html

    def test_counts_all_since_a_time_of_the_winery(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(timezone="America/New_York"))
        fail(world, 1)
        html = plan(client, world, "event=Lead&since=2026-08-04T20:00")
        assert "1 event can" in html
        assert 'value="2026-08-04T20:00"' in html
        assert "America/New_York" in html
        assert "since=2026-08-04T20%3A00" in html
        assert "No failed events" in plan(client, world, "since=2026-08-04T20:01")

    @pytest.mark.parametrize("since", ["", "x", "9999-12-31T23:59", "0001-01-01T00:00", "2026"])
    def test_ignores_a_malformed_time(self, client: FlaskClient, world: World, since: str) -> None:
        fail(world)
        assert "event" in plan(client, world, f"since={since}")

    def test_says_what_to_mend_first(self, client: FlaskClient, world: World) -> None:
        fail(world)
        world.install(some_settings(enabled=False))
        html = plan(client, world)
        assert "None of these events can be sent again" in html
        assert "These cannot be sent at the moment:" in html
        assert "in Configuration first" in html

    def test_is_for_writing_roles(self, client: FlaskClient, world: World) -> None:
        fail(world)
        for method in ("GET", "POST"):
            answer = client.open(PAGE, method=method, headers=world.staff(role="Data"))
            assert answer.status_code == 403
        assert statuses(world) == {"error": 1}


class TestSendingAgain:
    def test_of_a_few_shows_the_result_at_once(self, client: FlaskClient, world: World) -> None:
        fail(world, 1, 2)
        html = press(client, world)
        assert "Sending 2 events again" in html
        assert "hx-trigger" not in html
        world.run_tasks()
        assert statuses(world) == {"sent": 2}

    def test_shows_how_far_many_are_until_they_are_all_on_their_way(
        self, client: FlaskClient, world: World
    ) -> None:
        give_up(world, range(MANY))
        html = press(client, world)
        assert f'<progress max="{MANY}" value="0"' in html
        assert 'hx-get="/activity/work/resend" hx-trigger="every 1s"' in html
        task = next(task for task in world.queue.tasks if b'"job"' in task.body)
        assert client.post(task.path, data=task.body, headers=OURS).json == {"result": "done"}
        html = client.get("/activity/work/resend", headers=world.staff()).text
        assert ALL_RESENT in html
        assert "hx-trigger" not in html

    def test_pressed_twice_is_one_job(self, client: FlaskClient, world: World) -> None:
        give_up(world, range(MANY))
        first, second = press(client, world), press(client, world)
        assert first == second
        world.run_tasks()
        assert statuses(world) == {"sent": MANY}

    def test_sends_what_can_still_be_sent(self, client: FlaskClient, world: World) -> None:
        fail(world)
        assert "1 event can" in plan(client, world)
        a_week_passes(world)
        assert "1 older than 7 days" in press(client, world)
        assert len(posts(world)) == 1

    def test_sends_no_more_than_was_asked_for(self, client: FlaskClient, world: World) -> None:
        fail(world, 1, 2)
        press(client, world, "object=1002")
        world.run_tasks()
        assert [str(row.status) for row in rows(world)].count("sent") == 1

    def test_of_another_winery_is_not_possible(self, client: FlaskClient, world: World) -> None:
        fail(world)
        world.install(tenant_id="other-winery")
        headers = world.staff("other-winery")
        html = client.post(f"{PAGE}?tenantId={TENANT}", headers=headers).text
        assert "No failed events" in html
        assert statuses(world) == {"error": 1}


def tab(client: FlaskClient, world: World, **staff: str) -> str:
    """Return the panel as the loaded tab prints it."""
    app = client.application
    with app.test_request_context("/activity", headers=world.staff(**staff)):
        require_session()
        return render_template("eventlog/_log_work.html")


def send_many(client: FlaskClient, world: World) -> None:
    """Resend more events than one request does, to the end, without a look at the progress."""
    give_up(world, range(MANY))
    press(client, world)
    work_on_job(TENANT, JobKind.RESEND, services=world.services)


class TestTheProgress:
    def test_is_still_there_after_a_reload(self, client: FlaskClient, world: World) -> None:
        give_up(world, range(MANY))
        press(client, world)
        for staff in ({}, {"id": "somebody-else"}):
            assert 'hx-trigger="every 1s"' in tab(client, world, **staff)

    @pytest.mark.parametrize("page", [PAGE, "/activity/clear"])
    def test_is_shown_instead_of_another_dry_run(
        self, client: FlaskClient, world: World, page: str
    ) -> None:
        give_up(world, range(MANY))
        press(client, world)
        html = client.get(page, headers=world.staff()).text
        assert "Sending events again" in html
        assert "can be sent again" not in html

    def test_result_is_shown_once_to_the_user_who_started_it(
        self, client: FlaskClient, world: World
    ) -> None:
        send_many(client, world)
        assert ALL_RESENT not in tab(client, world, id="somebody-else")
        world.clock.advance(timedelta(hours=23))
        assert ALL_RESENT in tab(client, world)
        assert ALL_RESENT not in tab(client, world)

    def test_that_was_seen_to_end_is_not_shown_again(
        self, client: FlaskClient, world: World
    ) -> None:
        send_many(client, world)
        other = world.staff(id="somebody-else")
        assert ALL_RESENT in client.get("/activity/work/resend", headers=other).text
        assert ALL_RESENT in client.get("/activity/work/resend", headers=world.staff()).text
        assert ALL_RESENT not in tab(client, world)

    def test_of_long_ago_is_not_shown(self, client: FlaskClient, world: World) -> None:
        send_many(client, world)
        world.clock.advance(timedelta(hours=25))
        assert ALL_RESENT not in tab(client, world)

    def test_is_none_where_there_is_no_job(self, client: FlaskClient, world: World) -> None:
        world.install()
        assert "work-title" not in tab(client, world)
        assert client.get("/activity/work/resend", headers=world.staff()).status_code == 200

    def test_of_an_unknown_kind_is_not_found(self, client: FlaskClient, world: World) -> None:
        world.install()
        assert client.get("/activity/work/other", headers=world.staff()).status_code == 404

    def test_is_for_every_role(self, client: FlaskClient, world: World) -> None:
        give_up(world, range(MANY))
        press(client, world)
        answer = client.get("/activity/work/resend", headers=world.staff(role="Data"))
        assert "<progress" in answer.text

    def test_says_that_it_stopped(self, client: FlaskClient, world: World) -> None:
        give_up(world, range(MANY))
        press(client, world)
        forget(world.services.tenants, TENANT)
        work_on_job(TENANT, JobKind.RESEND, services=world.services)
        html = client.get("/activity/work/resend", headers=world.staff()).text
        assert "Sending events again was stopped" in html
        assert f"Stopped after 0 of {MANY}: 1Pixel is no longer installed." in html

    def test_says_that_it_was_given_up_and_what_to_do(
        self, client: FlaskClient, world: World
    ) -> None:
        give_up(world, range(MANY))
        press(client, world)
        job = world.services.jobs.find(TENANT, JobKind.RESEND)
        assert job
        hopeless = replace(job, tries=MOST_TRIES, due_at=world.clock())
        assert world.services.jobs.replace(TENANT, hopeless, over=job)
        work_on_job(TENANT, JobKind.RESEND, services=world.services)
        html = unescape(tab(client, world))
        assert f"Stopped after 0 of {MANY}: 1Pixel tried 5 times and could not continue." in html
        assert (
            "Completed changes are kept. Press Send failed again to continue with the rest" in html
        )
        assert "hx-trigger" not in html
        assert "can be sent again" in plan(client, world)


def test_a_store_that_is_down_is_503(client: FlaskClient, world: World, close_file: object) -> None:
    fail(world)
    assert callable(close_file)
    close_file()
    assert client.get(PAGE, headers=world.staff()).status_code == 503
    assert client.post(PAGE, headers=world.staff()).status_code == 503
