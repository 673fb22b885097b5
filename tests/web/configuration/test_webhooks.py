"""Which of Commerce7's webhooks have arrived, as the Configuration tab shows it."""

import json
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from tests.builders import NOW, TENANT
from tests.conftest import World

HOOK = "/webhooks/commerce7"
SAMPLES = Path(__file__).parents[2] / "vectors" / "commerce7"
LOGIN = ("sandbox", "sandbox")


def arrive(client: FlaskClient, sample: str) -> None:
    body = json.loads((SAMPLES / sample).read_text()) | {"tenantId": TENANT}
    assert client.post(HOOK, json=body, auth=LOGIN).status_code == 200


def arrivals(world: World) -> dict[str, timedelta]:
    """Return when each webhook was noted, from the test's start."""
    tenant = world.services.tenants.find(TENANT)
    assert tenant
    return {name: at - NOW for name, at in tenant.progress.webhooks_at.items()}


class TestAWebhook:
    def test_that_has_arrived_is_told_from_one_that_is_missing(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        assert "0 of 8 seen so far" in client.get("/configuration", headers=world.staff()).text
        arrive(client, "08_customer_create.json")
        arrive(client, "10_club_membership_update_cancelled.json")
        html = client.get("/configuration", headers=world.staff()).text
        assert "2 of 8 seen so far" in html
        assert "To receive one, edit a customer in Commerce7." in html
        assert "To receive one, create a customer in Commerce7." not in html
        assert "To receive one, edit a club membership in Commerce7." not in html

    def test_is_noted_once_a_day(self, client: FlaskClient, world: World) -> None:
        world.install()
        for hours in (0, 1, 22, 2):
            world.clock.advance(timedelta(hours=hours))
            arrive(client, "01_order_create_web.json")
        assert arrivals(world) == {"order create": timedelta(hours=25)}

    def test_of_a_winery_without_the_app_is_not_noted(
        self, client: FlaskClient, world: World
    ) -> None:
        arrive(client, "08_customer_create.json")
        assert world.services.tenants.find(TENANT) is None
