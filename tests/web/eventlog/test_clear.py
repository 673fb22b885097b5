"""Clear Log, as the winery's staff sees it."""

from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.tenants.tenant import Role
from tests.builders import NOW, a_delivery, a_record, a_signal
from tests.conftest import World
from tests.fakes import OneCaller
from tests.unit.usecases.failures import an_order_known, fail, rows, statuses

PAGE = "/activity/clear"
OURS = {"Authorization": f"Bearer {OneCaller.token}"}
MANY = 150


def confirm(client: FlaskClient, world: World, query: str = "") -> str:
    answer = client.get(f"{PAGE}?{query}", headers=world.staff())
    assert answer.status_code == 200
    return unescape(answer.text)


def press(client: FlaskClient, world: World, query: str = "") -> str:
    answer = client.post(f"{PAGE}?{query}", headers=world.staff())
    assert answer.status_code == 200
    return unescape(answer.text)


def fill(world: World, number: int, *, is_test: bool = False) -> None:
    world.install()
    sent = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)
    for each in range(number):
        key = f"{is_test:d}{each:063}"
        record = a_record(key=key, is_test=is_test, deliveries={Role.PRIMARY: sent})
        assert world.services.events.add(record)
    world.clock.advance(timedelta(seconds=1))


class TestTheConfirmation:
    def test_says_what_it_does_and_what_it_does_not(
        self, client: FlaskClient, world: World
    ) -> None:
        fail(world)
        fill(world, 2)
        world.receive(a_signal(an_order_known(world, 7)))
        html = confirm(client, world)
        for said in (
            "Clear the filtered rows?", "<strong>Conversions</strong>", "<strong>3 rows</strong>",
            "Permanently deletes", "Meta keeps the events", "No event is sent twice",
            "1 of them failed and cannot be sent again after clearing",
            "1 row stays, because it is still being sent", 'hx-post="/activity/export"',
        ):  # fmt: skip
            assert said in html
        assert statuses(world) == {"error": 1, "sent": 2, "queued": 1}

    def test_is_about_the_filtered_rows_unless_all_are_chosen(
        self, client: FlaskClient, world: World
    ) -> None:
        fill(world, 3)
        fill(world, 2, is_test=True)
        html = confirm(client, world, "show=tests&status=sent&from=2026-08-01")
        assert "Clear the filtered rows?" in html
        assert "<strong>Tests, status sent, from Aug 1, 2026</strong>" in html
        assert "Clear 2 rows" in html
        assert "Clear all rows instead" in html
        html = confirm(client, world, "show=tests&scope=all")
        assert "Clear all rows of the log?" in html
        assert "Clear 5 rows" in html
        assert 'hx-post="/activity/clear?show=tests&scope=all"' in html
        assert 'hx-get="/activity/clear?show=tests"' in html
        assert "instead" not in confirm(client, world, "show=all")

    def test_says_up_to_how_many_of_a_long_log(self, client: FlaskClient, world: World) -> None:
        world.receive(a_signal(an_order_known(world, 7)))
        fill(world, 510)
        html = confirm(client, world)
        assert "Permanently deletes <strong>up to 510 rows</strong>" in html
        assert "Clear up to 510 rows" in html

    def test_says_that_there_is_nothing(self, client: FlaskClient, world: World) -> None:
        world.install()
        for html in (confirm(client, world), press(client, world)):
            assert "No rows to clear" in html
            assert "hx-post" not in html
            assert "data-close" in html

    def test_is_for_writing_roles(self, client: FlaskClient, world: World) -> None:
        fill(world, 1)
        for method in ("GET", "POST"):
            answer = client.open(PAGE, method=method, headers=world.staff(role="Data"))
            assert answer.status_code == 403
        assert statuses(world) == {"sent": 1}


class TestClearing:
    def test_empties_a_small_log_at_once(self, client: FlaskClient, world: World) -> None:
        fill(world, 3)
        html = press(client, world)
        assert "3 rows cleared" in html
        assert "hx-trigger" not in html
        assert list(rows(world)) == []

    def test_of_a_part_leaves_the_rest(self, client: FlaskClient, world: World) -> None:
        fill(world, 1)
        fill(world, 2, is_test=True)
        assert "2 rows cleared" in press(client, world, "show=tests")
        assert [row.is_test for row in rows(world)] == [False]

    def test_shows_how_far_a_large_log_is(self, client: FlaskClient, world: World) -> None:
        fill(world, MANY)
        html = press(client, world)
        assert f'<progress max="{MANY}" value="0"' in html
        assert 'hx-get="/activity/work/clear" hx-trigger="every 1s"' in html
        task = next(task for task in world.queue.tasks if b'"job"' in task.body)
        assert client.post(task.path, data=task.body, headers=OURS).json == {"result": "done"}
        html = client.get("/activity/work/clear", headers=world.staff()).text
        assert f"{MANY} rows cleared" in html

    def test_says_what_stayed(self, client: FlaskClient, world: World) -> None:
        fill(world, 1)
        world.receive(a_signal(an_order_known(world, 7)))
        html = press(client, world)
        assert "1 row cleared" in html
        assert "1 still being sent" in html

    def test_is_in_the_audit_trail(self, client: FlaskClient, world: World) -> None:
        fill(world, 3)
        press(client, world)
        html = unescape(client.get("/configuration", headers=world.staff()).text)
        assert "Olive Owner" in html
        assert "Event Log: 3 rows cleared" in html
