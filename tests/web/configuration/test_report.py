"""The choice of a report by e-mail in the Configuration tab."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from service.domain.tenants.tenant import Due
from tests.builders import TENANT
from tests.conftest import World
from tests.web.forms import PAGE, choices, form

ADDRESS = "olive@winery.example"
CHECKED = re.compile(r'name="report"[^>]*value="(\w+)" checked')


def due(world: World) -> list[str]:
    return list(world.services.tenants.due(Due.NOTICES, now=world.clock(), limit=9))


@pytest.fixture(autouse=True)
def with_a_winery(world: World) -> None:
    world.install()


class TestTheChoice:
    def test_is_no_report_at_first(self, client: FlaskClient, world: World) -> None:
        html = client.get(PAGE, headers=world.staff()).text
        assert CHECKED.findall(html) == ["off"]

    @pytest.mark.parametrize(
        ("report", "days", "change"),
        [("weekly", 8, "Report by e-mail: off → weekly"),
         ("monthly", 32, "Report by e-mail: off → monthly")],
    )  # fmt: skip
    def test_is_saved_shown_written_down_and_planned(
        self, client: FlaskClient, world: World, report: str, days: int, change: str
    ) -> None:
        typed = form(report=report, alert_email=ADDRESS)
        html = client.post(PAGE, data=typed, headers=world.staff()).text
        assert CHECKED.findall(html) == [report]
        assert choices(world).report == report
        assert change in html
        (entry, *_) = world.services.audit.newest(TENANT, limit=1)
        assert (entry.who, {each.name for each in entry.changes}) == (
            "Olive Owner",
            {"report", "alert_email"},
        )
        assert due(world) == []
        world.clock.advance(timedelta(days=days))
        assert due(world) == [TENANT]
        client.post(PAGE, data=form(report="off", alert_email=""), headers=world.staff())
        assert (choices(world).report, due(world)) == ("off", [])

    def test_says_that_no_report_comes_where_no_mail_can_be_sent(
        self, client: FlaskClient, world: World
    ) -> None:
        assert world.services.mailer is None
        said = "No e-mail can be sent yet, because e-mail is not set up for 1Pixel."
        typed = form(report="weekly", alert_email=ADDRESS)
        assert said in client.post(PAGE, data=typed, headers=world.staff()).text
        assert said not in client.post(PAGE, data=typed, headers=world.staff()).text
        assert "Sent on Monday at 7 a.m." in client.get(PAGE, headers=world.staff()).text

    def test_is_not_kept_without_the_address(self, client: FlaskClient, world: World) -> None:
        typed = form(report="weekly", alert_email=ADDRESS)
        client.post(PAGE, data=typed, headers=world.staff())
        answer = client.post(
            PAGE, data=form(report="weekly", alert_email=""), headers=world.staff()
        )
        assert answer.status_code == 422
        assert '<a href="#alert_email">' in answer.text
        assert choices(world).alert_email == ADDRESS

    def test_is_not_for_a_role_that_may_only_read(self, client: FlaskClient, world: World) -> None:
        typed = form(report="weekly", alert_email=ADDRESS)
        reader = world.staff(role="Data")
        assert client.post(PAGE, data=typed, headers=reader).status_code == 403
        html = client.get(PAGE, headers=reader).text
        assert len(re.findall(r'name="report"[^>]* disabled', html)) == 3
        assert (choices(world).report, world.services.audit.newest(TENANT, limit=9)[1:]) == (
            "off",
            [],
        )
