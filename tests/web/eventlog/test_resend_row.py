"""The button that sends one row again."""

import pytest
from flask.testing import FlaskClient

from service.domain.records.record import Status
from tests.conftest import World
from tests.reading import tree_of
from tests.unit.usecases.failures import a_week_passes, fail, rows

PAGE = "/activity/resend"


class TestOneRow:
    def test_goes_at_once(self, client: FlaskClient, world: World) -> None:
        (record,) = fail(world)
        answer = client.post(f"{PAGE}/{record.key}", headers=world.staff())
        assert "1Pixel is getting it from Commerce7 again and then sends it." in answer.text
        world.run_tasks()
        assert world.row().status is Status.SENT
        answer = client.post(f"{PAGE}/{record.key}", headers=world.staff())
        assert "does not need to be sent again" in answer.text

    def test_that_is_lost_says_why(self, client: FlaskClient, world: World) -> None:
        (record,) = fail(world)
        a_week_passes(world)
        answer = client.post(f"{PAGE}/{record.key}", headers=world.staff())
        assert "Cannot be sent again: older than 7 days" in answer.text

    @pytest.mark.parametrize("key", ["0" * 64, "x", "%2e%2e", "é" * 9, "%00"])
    def test_that_is_not_there_says_so(self, client: FlaskClient, world: World, key: str) -> None:
        world.install()
        answer = client.post(f"{PAGE}/{key}", headers=world.staff())
        assert answer.status_code in {200, 404}

    def test_is_not_for_readers(self, client: FlaskClient, world: World) -> None:
        (record,) = fail(world)
        answer = client.post(f"{PAGE}/{record.key}", headers=world.staff(role="Data"))
        assert answer.status_code == 403
        assert world.row().status is Status.ERROR

    def test_answers_with_an_id_of_its_own_for_each_row(
        self, client: FlaskClient, world: World
    ) -> None:
        fail(world, 1, 2)
        ids = []
        for row in rows(world):
            answer = client.post(f"{PAGE}/{row.key}", headers=world.staff())
            (told,) = tree_of(answer.text)
            ids.append(told.get("id"))
        assert ids == [f"resent-row-{row.key}" for row in rows(world)]

    @pytest.mark.parametrize("key", ["%00", "a%20b", "%22%3E"])
    def test_of_a_key_that_is_none_leads_nowhere(
        self, client: FlaskClient, world: World, key: str
    ) -> None:
        world.install()
        assert client.post(f"{PAGE}/{key}", headers=world.staff()).status_code == 404
