"""What a save brings: the connection is tested by itself, and waiting events are followed."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from service.domain.tenants.connection import ConnectionTestAnswer, Objection
from tests.builders import BAD_TOKEN, DOWN, SECOND_PIXEL, some_settings, two_pixels
from tests.conftest import World
from tests.unit.usecases.parked import hold, lose_the_token
from tests.web.forms import PAGE, SECRET, form

TEST = "/connection/test"


def saved(client: FlaskClient, world: World, **changes: object) -> str:
    answer = client.post(PAGE, data=form(**changes), headers=world.staff())
    assert answer.status_code == 200
    return unescape(answer.text)


def roles_to_test(html: str) -> list[str]:
    """Return the roles whose connection the page tests by itself."""
    return re.findall(r'<span id="test-(\w+)-\d+" hx-post="/connection/test"', html)


def finding(client: FlaskClient, world: World, role: str = "primary") -> str:
    """Return the sentence of a test after a save."""
    answer = client.post(TEST, data={"role": role, "saved": "1"}, headers=world.staff())
    found = re.search(r'<span id="outcome-\w+" hx-swap-oob="true"[^>]*>([^<]+)', answer.text)
    assert found
    return unescape(found[1]).strip()


def look(client: FlaskClient, world: World, html: str) -> tuple[str, str]:
    """Ask for what the page asks for; return its sentence, and the whole answer."""
    found = re.search(r'id="waiting-events" hx-get="([^"]+)"', html)
    assert found
    answer = client.get(unescape(found[1]), headers=world.staff())
    return re.sub(r"<[^>]+>", " ", answer.text).strip(), unescape(answer.text)


class TestASave:
    def test_tests_what_is_new_or_was_never_seen_to_work(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        assert roles_to_test(saved(client, world, event_Lead=None)) == ["primary"]
        finding(client, world)
        assert roles_to_test(saved(client, world)) == []
        assert roles_to_test(saved(client, world, primary_token=SECRET)) == ["primary"]
        finding(client, world)
        second = {"secondary_pixel_id": SECOND_PIXEL, "secondary_token": SECRET}
        assert roles_to_test(saved(client, world, **second)) == ["secondary"]

    def test_asks_meta_nothing_itself(self, client: FlaskClient, world: World) -> None:
        world.install()
        saved(client, world, primary_token=SECRET)
        assert world.connections.asked == []

    @pytest.mark.parametrize(
        ("role", "sentence"),
        [("primary", "Connected to North."), ("secondary", "Secondary pixel: Connected to North.")],
    )
    def test_says_what_it_is_connected_to(
        self, client: FlaskClient, world: World, role: str, sentence: str
    ) -> None:
        world.install(some_settings(pixels=two_pixels()))
        world.connections.name = "North"
        assert finding(client, world, role) == sentence

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            (
                ConnectionTestAnswer(verdict=BAD_TOKEN, objection=Objection.EXPIRED_TOKEN),
                "Not connected: The access token has expired.",
            ),
            (
                ConnectionTestAnswer(verdict=DOWN),
                (
                    "The connection is not tested yet, because Meta did not respond. "
                    "Test it in a minute."
                ),
            ),
        ],
    )
    def test_says_where_it_is_not(
        self, client: FlaskClient, world: World, answer: ConnectionTestAnswer, sentence: str
    ) -> None:
        world.install()
        world.connections.answer = answer
        assert finding(client, world) == sentence

    def test_is_not_told_again_by_a_test_that_is_pressed(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        answer = client.post(TEST, data={"role": "primary"}, headers=world.staff())
        assert "outcome-" not in answer.text


class TestEventsThatWaited:
    def test_for_a_token_are_followed_until_they_are_sent(
        self, client: FlaskClient, world: World
    ) -> None:
        lose_the_token(world, 3)
        html = saved(client, world, primary_token=SECRET)
        sentence, html = look(client, world, html)
        assert sentence == "Sending 3 waiting events …"
        finding(client, world)
        world.run_tasks()
        sentence, html = look(client, world, html)
        assert sentence == "3 waiting events sent."
        assert "hx-get" not in html

    def test_for_a_currency_are_followed_too(self, client: FlaskClient, world: World) -> None:
        hold(world, 1)
        html = saved(client, world, currency="EUR")
        world.run_tasks()
        assert look(client, world, html)[0] == "1 waiting event sent."

    def test_are_not_said_to_be_sent_with_a_token_that_meta_refuses(
        self, client: FlaskClient, world: World
    ) -> None:
        lose_the_token(world, 2)
        html = saved(client, world, primary_token=SECRET)
        refused = ConnectionTestAnswer(verdict=BAD_TOKEN, objection=Objection.INVALID_TOKEN)
        world.connections.answer = refused
        finding(client, world)
        sentence, html = look(client, world, html)
        assert sentence.startswith("2 events are still not sent. See the reason in the Event Log.")
        assert "hx-get" not in html.replace('hx-get="/activity"', "")

    def test_for_something_else_are_not_followed(self, client: FlaskClient, world: World) -> None:
        lose_the_token(world, 1)
        assert "waiting-events" not in saved(client, world, event_Lead=None)

    def test_are_looked_at_for_a_while_only(self, client: FlaskClient, world: World) -> None:
        lose_the_token(world, 1)
        sentence, html = look(client, world, saved(client, world, primary_token=SECRET))
        for _ in range(20):
            if 'id="waiting-events" hx-get' not in html:
                break
            sentence, html = look(client, world, html)
        assert sentence.startswith("1 event is still not sent")
