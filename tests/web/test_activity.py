from dataclasses import replace
from datetime import timedelta

from flask.testing import FlaskClient

from service.domain.delivery import DeliveryStatus
from service.domain.tenant import Role
from tests.builders import NOW, a_delivery, a_record, a_waiting_record
from tests.conftest import World

TABLE = "/activity/table"


def table(client: FlaskClient, world: World) -> str:
    return client.get(TABLE, headers=world.staff()).text


class TestTheLog:
    def test_shows_event_object_status_and_time_newest_first(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        world.services.events.add(a_record(key="1", object_id="first"))
        world.services.events.add(
            a_waiting_record(
                key="2", object_id="second", object_number="2102",
                received_at=NOW + timedelta(seconds=1),
            )
        )  # fmt: skip
        html = table(client, world)

        assert html.index("second") < html.index("first")
        for shown in ("Purchase", "order 2102", "waiting", "not paid yet", "queued",
                      "2026-08-05 00:00:01 UTC"):  # fmt: skip
            assert shown in html

    def test_says_why_a_delivery_failed_and_whose(self, client: FlaskClient, world: World) -> None:
        world.install()
        failed = a_delivery(status=DeliveryStatus.ERROR, reason="Meta refused the event")
        both = {Role.PRIMARY: a_delivery(), Role.SECONDARY: failed}
        world.services.events.add(a_record(deliveries=both))
        html = table(client, world)
        assert "secondary: Meta refused the event" in html
        assert "None" not in html

    def test_says_whose_only_where_there_are_two(self, client: FlaskClient, world: World) -> None:
        world.install()
        why = "Meta refused the event: it is older than 7 days"
        failed = a_delivery(status=DeliveryStatus.ERROR, reason=why)
        world.services.events.add(a_record(deliveries={Role.PRIMARY: failed}))
        html = table(client, world)

        assert why in html
        assert f"primary: {why}" not in html

    def test_polls_itself_every_five_seconds(self, client: FlaskClient, world: World) -> None:
        world.install()
        html = table(client, world)

        assert html.startswith('<div id="activity-table"')
        assert f'hx-get="{TABLE}"' in html
        assert 'hx-trigger="every 5s"' in html

    def test_tells_a_newcomer_what_to_do(self, client: FlaskClient, world: World) -> None:
        world.install()
        assert "Place an order in Commerce7" in table(client, world)

    def test_shows_a_tenant_its_own_events_only(self, client: FlaskClient, world: World) -> None:
        world.install()
        world.install(tenant_id="other-winery")
        world.services.events.add(a_record(tenant_id="other-winery", object_id="theirs"))
        assert "theirs" not in table(client, world)
        assert "theirs" in client.get(TABLE, headers=world.staff("other-winery")).text

    def test_prints_what_it_shows_as_text(self, client: FlaskClient, world: World) -> None:
        world.install()
        world.services.events.add(
            replace(a_record(), object_number=None, object_id="<img src=x onerror=alert(1)>")
        )
        html = table(client, world)
        assert "<img" not in html
        assert "&lt;img src=x" in html
