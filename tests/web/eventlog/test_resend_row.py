"""Resending one row, as the winery's staff sees it."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import World
from tests.reading import tree_of
from tests.unit.usecases.failures import fail, rows

PAGE = "/activity/resend"


class TestOneRowsButton:
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
