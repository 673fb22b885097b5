"""What the Overview's figures say of few events, and of what they leave out."""

import pytest
from flask.testing import FlaskClient

from tests.builders import NOW
from tests.conftest import World
from tests.web.figures.test_views import a_sale, add, get


class TestTheFigures:
    @pytest.mark.parametrize(
        ("number", "said"),
        [(9, "Your conversions reached Meta within 4 seconds after they happened in Commerce7."),
         (10, "95% of your conversions reached Meta within 4 seconds after they happened")],
    )  # fmt: skip
    def test_say_their_speed_simply_where_there_are_few_or_all_are_alike(
        self, client: FlaskClient, world: World, number: int, said: str
    ) -> None:
        world.install()
        add(world, *(a_sale(str(n), NOW) for n in range(number)))
        text = get(client, world)
        assert said in text
        assert "Half of your" not in text
        assert "Arrived at Meta 100% none on hold or failed" in text
        assert "Refunds are not subtracted." in text
