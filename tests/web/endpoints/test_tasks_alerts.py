"""The task and the sweep that notify a winery by e-mail."""

import json
import logging
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.usecases.tasks import alerts_task
from tests.apps import app_settings, started_app
from tests.builders import BAD_TOKEN, NOW, POLICY, TENANT, a_signal, an_order, some_settings
from tests.conftest import World
from tests.fakes import ListMailer, OneCaller
from tests.tenants import forget

OURS = {"Authorization": f"Bearer {OneCaller.token}"}
ADDRESS = "olive@winery.example"


@pytest.fixture
def mailer() -> ListMailer:
    return ListMailer()


@pytest.fixture
def office(world: World, mailer: ListMailer) -> FlaskClient:
    """Return a client of an app that sends e-mail, with a winery that has an address for alerts."""
    world.install(some_settings(alert_email=ADDRESS))
    world.receive(a_signal(an_order()))
    services = replace(world.services, mailer=mailer)
    settings = app_settings(
        SUPPORT_EMAIL="help@example.com", C7_ADMIN_URL="https://{tenantId}.admin.example"
    )
    return started_app(services, settings).test_client()


def look(client: FlaskClient) -> str:
    task = alerts_task(TENANT, due_at=NOW, by="test")
    answer = client.post(task.path, data=task.body, headers=OURS)
    assert answer.status_code == 200
    return str(answer.json["result"])  # type: ignore[index] # it is JSON


class TestTheTask:
    def test_notifies_once_and_says_so(
        self,
        office: FlaskClient,
        world: World,
        mailer: ListMailer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        assert look(office) == "nothing to send"
        world.meta.script = [BAD_TOKEN]
        world.send(world.row())
        with caplog.at_level(logging.INFO, "service"):
            assert [look(office), look(office)] == ["notified", "nothing to send"]
        ((to, _, text),) = mailer.mails
        assert to == ADDRESS
        assert f"https://{TENANT}.admin.example" in text
        assert "help@example.com" in text
        (line,) = [each for each in caplog.records if each.msg == "alert.mailed"]
        assert vars(line)["reason"] == "token-primary"

    def test_says_what_could_not_be_sent_but_not_to_which_address(
        self,
        office: FlaskClient,
        world: World,
        mailer: ListMailer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        mailer.is_shut = True
        world.meta.script = [BAD_TOKEN]
        world.send(world.row())
        assert look(office) == "not sent"
        (line,) = [each for each in caplog.records if each.msg == "alert.not_mailed"]
        fields = vars(line)
        assert (fields["tenant"], fields["reason"]) == (TENANT, "token-primary")
        assert fields["cause"] == "ConnectionRefusedError"
        assert ADDRESS not in json.dumps(fields, default=str)

    def test_sends_a_report_that_is_due_and_says_so(
        self,
        office: FlaskClient,
        world: World,
        mailer: ListMailer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        world.send(world.row())
        world.install(some_settings(alert_email=ADDRESS, report="weekly"))
        world.clock.advance(timedelta(days=7))
        mailer.is_shut = True
        assert look(office) == "not sent"
        mailer.is_shut = False
        world.clock.advance(timedelta(hours=1))
        with caplog.at_level(logging.INFO, "service"):
            assert [look(office), look(office)] == ["notified", "nothing to send"]
        ((to, subject, text),) = mailer.mails
        assert (to, "your report for August 3" in subject) == (ADDRESS, True)
        assert f"https://{TENANT}.admin.example" in text
        assert [each.msg for each in caplog.records if vars(each).get("reason") == "report"] == [
            "alert.not_mailed",
            "alert.mailed",
        ]

    def test_of_an_unknown_winery_notifies_no_one(
        self, office: FlaskClient, world: World, mailer: ListMailer
    ) -> None:
        forget(world.services.tenants, TENANT)
        assert (look(office), mailer.tries) == ("nothing to send", 0)


class TestTheSweep:
    def test_notifies_once_of_stuck_events_and_logs_them_every_time(
        self,
        office: FlaskClient,
        world: World,
        mailer: ListMailer,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        world.clock.advance(POLICY.stuck_after)
        world.queue.is_down = True
        for _ in range(2):
            assert office.post("/tasks/sweep", headers=OURS).status_code == 200
            world.clock.advance(POLICY.requeue_after)
        assert [subject for _, subject, _ in mailer.mails] == [
            f"1Pixel: events are late ({TENANT})"
        ]
        lines = [each for each in caplog.records if each.msg == "events.stuck"]
        assert [vars(line)["tenant"] for line in lines] == [TENANT] * 2
