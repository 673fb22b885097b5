"""The Overview tab, as a winery's set-up proceeds."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from service.domain.tenants.progress import Progress, Verified, token_fingerprint
from service.domain.tenants.tenant import Pixels, Role
from tests.builders import NOW, PIXEL, TENANT, TOKEN, a_record, some_settings
from tests.conftest import World
from tests.tenants import put, remove_tokens, save_token

PAGE = "/overview"


def overview(client: FlaskClient, world: World, role: str = "Admin Owner") -> str:
    return client.get(PAGE, headers=world.staff(role=role)).text


def note(world: World, progress: Progress) -> None:
    put(world.services.tenants, TENANT, progress=progress)


class TestTheSetUpPath:
    def test_begins_with_the_pixel(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(pixels=Pixels()))
        html = overview(client, world)
        assert "0 of 3 steps done" in html
        assert "Enter your Pixel ID and access token" in html
        assert html.count("button primary") == 1

    def test_asks_to_test_a_connection_that_has_changed_since(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        assert "Go to Test Connection" in overview(client, world)
        mark = token_fingerprint(f"{TOKEN}{Role.PRIMARY}")
        note(world, Progress(tested={"primary": Verified(at=NOW, pixel_id=PIXEL, mark=mark)}))
        assert "2 of 3 steps done" in overview(client, world)
        sealed = world.services.vault.seal(TENANT, b"another-token")
        save_token(world.services.tenants, TENANT, Role.PRIMARY, sealed)
        assert "Go to Test Connection" in overview(client, world)

    def test_says_nothing_of_a_test_with_a_token_that_an_uninstall_has_deleted(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        mark = token_fingerprint(f"{TOKEN}{Role.PRIMARY}")
        tested = {"primary": Verified(at=NOW, pixel_id=PIXEL, mark=mark)}
        note(world, Progress(tested=tested, first_sent_at=NOW))
        assert "3 of 3 steps done" in overview(client, world)
        remove_tokens(world.services.tenants, TENANT)
        assert "1 of 3 steps done" in overview(client, world)
        assert "Enter the access token" in overview(client, world)
        assert "Enter an access token" in overview(client, world)
        world.record_an_order()
        remove_tokens(world.services.tenants, TENANT)
        world.run_tasks()
        html = client.get("/alerts", headers=world.staff()).text
        assert f"Your primary pixel {PIXEL} needs an access token.</strong> No access token" in html
        assert "Enter an access token</a>" in html

    def test_asks_for_a_token_that_is_unreadable(self, client: FlaskClient, world: World) -> None:
        world.install()
        save_token(world.services.tenants, TENANT, Role.PRIMARY, "of an older key")
        assert "Enter the access token" in overview(client, world)

    def test_gives_a_reader_no_button_for_what_they_may_not_do(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        html = overview(client, world, role="Data")
        assert "Connect to Meta" in html
        assert "Go to Test Connection" not in html

    def test_ends_with_the_first_event(self, client: FlaskClient, world: World) -> None:
        world.install()
        note(world, Progress(first_sent_at=NOW))
        html = overview(client, world)
        assert "Tracking is set up" in html
        assert "Tracking live" in html
        assert "button primary" not in html
        assert "See the Website Pixel Snippet" in html


class TestAPoll:
    def test_is_answered_with_nothing_while_nothing_has_changed(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        mark = overview(client, world).split("mark=")[1].split('"')[0]
        again = client.get(f"{PAGE}?mark={mark}", headers=world.staff())
        assert (again.status_code, again.data) == (204, b"")

        changes: list[Callable[[], object]] = [
            lambda: world.services.events.add(a_record()),
            lambda: note(world, Progress(first_sent_at=NOW)),
            lambda: world.install(some_settings(enabled=False)),
        ]
        for change in changes:
            change()
            shown = client.get(f"{PAGE}?mark={mark}", headers=world.staff())
            assert shown.status_code == 200
            mark = shown.text.split("mark=")[1].split('"')[0]


class TestTheOverview:
    def test_shows_the_last_five_events(self, client: FlaskClient, world: World) -> None:
        world.install()
        for number in range(7):
            received_at = NOW + timedelta(seconds=number)
            record = a_record(key=str(number), object_id=f"order-{number}", received_at=received_at)
            world.services.events.add(record)
        html = overview(client, world)
        shown = [number for number in range(7) if f"order-{number}" in html]
        assert shown == [2, 3, 4, 5, 6]

    def test_says_when_nothing_is_sent(self, client: FlaskClient, world: World) -> None:
        world.install(some_settings(enabled=False))
        assert "No events are sent to Meta." in overview(client, world)
        assert "Turn on tracking" in overview(client, world)
        assert "Turn on tracking" not in overview(client, world, role="Data")

    def test_says_who_may_change_settings(self, client: FlaskClient, world: World) -> None:
        world.install()
        assert "These roles can make changes: Admin Owner, Admin." in overview(
            client, world, "Data"
        )
        assert "They can be changed by" not in overview(client, world)
