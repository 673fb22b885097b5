import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient

from service.app import create_app
from service.domain.delivery import DeliveryStatus
from service.domain.tenant import Role
from service.settings import Settings
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record
from tests.conftest import World

PAGE, TABLE = f"/?tenantId={TENANT}", f"/activity/table?tenantId={TENANT}"


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
        html = client.get(PAGE).text

        assert html.index("second") < html.index("first")
        for shown in ("Purchase", "order 2102", "waiting", "not paid yet", "queued",
                      "2026-08-05 00:00:01 UTC"):  # fmt: skip
            assert shown in html

    def test_says_why_a_delivery_failed_and_whose(self, client: FlaskClient, world: World) -> None:
        world.install()
        failed = a_delivery(status=DeliveryStatus.ERROR, reason="Meta refused the event")
        both = {Role.PRIMARY: a_delivery(), Role.SECONDARY: failed}
        world.services.events.add(a_record(deliveries=both))
        html = client.get(TABLE).text
        assert "secondary: Meta refused the event" in html
        assert "None" not in html

    def test_says_whose_only_where_there_are_two(self, client: FlaskClient, world: World) -> None:
        world.install()
        why = "Meta refused the event: it is older than 7 days"
        failed = a_delivery(status=DeliveryStatus.ERROR, reason=why)
        world.services.events.add(a_record(deliveries={Role.PRIMARY: failed}))
        html = client.get(TABLE).text

        assert why in html
        assert f"primary: {why}" not in html

    def test_polls_its_own_table_every_five_seconds(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        page, table = client.get(PAGE).text, client.get(TABLE).text

        assert table.strip() in page
        assert table.startswith('<div id="activity-table"')
        assert f'hx-get="{TABLE}"' in table
        assert 'hx-trigger="every 5s"' in table

    def test_tells_a_newcomer_what_to_do(self, client: FlaskClient, world: World) -> None:
        world.install()
        assert "Place an order in Commerce7" in client.get(PAGE).text

    def test_shows_a_tenant_its_own_events_only(self, client: FlaskClient, world: World) -> None:
        world.install()
        world.install(tenant_id="other-winery")
        world.services.events.add(a_record(tenant_id="other-winery", object_id="theirs"))
        assert "theirs" not in client.get(PAGE).text

    def test_prints_what_it_shows_as_text(self, client: FlaskClient, world: World) -> None:
        world.install()
        world.services.events.add(a_record(object_id="<img src=x onerror=alert(1)>"))
        html = client.get(PAGE).text
        assert "<img" not in html
        assert "&lt;img src=x" in html


class TestWhoMaySeeIt:
    @pytest.mark.parametrize("url", [PAGE, TABLE])
    def test_nobody_when_others_can_reach_the_service(self, world: World, url: str) -> None:
        world.install()
        keys = {"TOKEN_KEYS": Fernet.generate_key().decode(), "SESSION_KEYS": "invented"}
        local = Settings.from_env(keys)
        public = replace(local, base_url="https://1pixel.example")
        browser = {"Accept": "text/html"}
        answer = create_app(public, world.services).test_client().get(url, headers=browser)

        assert answer.status_code == 401
        assert "Unauthorized" in answer.text

    @pytest.mark.parametrize("host", ["1pixel.example", "localhost.example", "192.0.2.1:8080"])
    def test_nobody_who_calls_this_machine_by_another_name(
        self, client: FlaskClient, world: World, host: str
    ) -> None:
        world.install()
        assert client.get(PAGE, headers={"Host": host}).status_code == 401


class TestWrongAddresses:
    @pytest.mark.parametrize(
        ("url", "status"),
        [
            ("/", 400),
            ("/?tenantId={{tenantId}}", 400),
            ("/?tenantId=../x", 400),
            ("/?tenantId=nobody", 404),
            ("/nowhere", 404),
        ],
    )
    def test_say_what_to_do(self, client: FlaskClient, url: str, status: int) -> None:
        answer = client.get(url, headers={"Accept": "text/html"})

        assert answer.status_code == status
        assert "Open 1Pixel from the Apps menu in Commerce7." in answer.text

    def test_a_store_that_is_down_is_a_page_too(
        self, client: FlaskClient, close_file: Callable[[], None]
    ) -> None:
        close_file()
        answer = client.get(PAGE, headers={"Accept": "text/html"})
        assert answer.status_code == 503
        assert "Nothing is lost" in answer.text


class TestThePage:
    def test_has_no_inline_script_or_style_and_forbids_them(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        world.services.events.add(replace(a_record(), object_number=None))
        answer = client.get(PAGE)

        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
