"""A test e-mail to the address for alerts: every result in words."""

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from tests.apps import started_app
from tests.builders import TENANT, some_settings
from tests.conftest import World
from tests.fakes import ListMailer

URL = "/configuration/test-mail"
ADDRESS = "olive@winery.example"


def pressed(world: World, mailer: ListMailer | None, **choices: str) -> str:
    world.install(some_settings(**choices))
    client = started_app(replace(world.services, mailer=mailer)).test_client()
    return client.post(URL, headers=world.staff()).text


class TestATestEMail:
    def test_reaches_the_saved_address_and_names_who_sent_it(self, world: World) -> None:
        mailer = ListMailer()
        html = pressed(world, mailer, alert_email=ADDRESS)
        ((to, subject, text),) = mailer.mails
        assert (to, subject) == (ADDRESS, f"1Pixel: test e-mail ({TENANT})")
        assert "Sent by: Olive Owner" in text
        assert f"Sent to {ADDRESS}." in html

    def test_that_the_mail_server_refuses_is_not_said_to_be_sent(self, world: World) -> None:
        html = pressed(world, ListMailer(is_shut=True), alert_email=ADDRESS)
        assert f"Not sent to {ADDRESS}." in html

    @pytest.mark.parametrize(
        ("mailer", "sentence"),
        [(None, "E-mail is not set up"), (ListMailer(), "Enter an e-mail address and save first")],
    )
    def test_says_what_it_lacks(
        self, world: World, mailer: ListMailer | None, sentence: str
    ) -> None:
        assert sentence in pressed(world, mailer)


class TestTheConfigurationTab:
    def test_says_that_no_mail_can_be_sent_in_place_of_the_button(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(alert_email=ADDRESS))
        without = client.get("/configuration", headers=world.staff()).text
        assert "E-mail is not set up for 1Pixel, so no alerts" in without
        assert "Send a test e-mail" not in without
        app = started_app(replace(world.services, mailer=ListMailer()))
        shown = app.test_client().get("/configuration", headers=world.staff()).text
        assert f"Goes to {ADDRESS}." in shown
        assert "E-mail is not set up" not in shown
