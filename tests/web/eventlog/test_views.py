from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.events.event import CustomData, EventName
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Pixels, Role
from service.usecases.eventlog.read_log import PAGE_SIZE
from tests.builders import NOW, TENANT, a_delivery, a_record, a_waiting_record, some_settings
from tests.conftest import World
from tests.tenants import save_installation
from tests.web.log_pages import TABLE, add, failed, get

SECOND = timedelta(seconds=1)
ID = "cf654f81-8bf5-4b0b-8f6c-3f2d8a1f9d11"


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    """Set a winery up in California."""
    world.install(some_settings(timezone="America/Los_Angeles"))


class TestAReader:
    @pytest.mark.parametrize("path", ["/activity", "/overview"])
    def test_is_told_who_may_change_what(
        self, client: FlaskClient, world: World, path: str
    ) -> None:
        unnamed = client.get(path, headers=world.staff(role="")).text
        assert "View only.</strong>" in unnamed
        assert "These roles can make changes: Admin Owner, Admin." in unnamed
        assert "View only" not in get(client, world, path)


class TestARow:
    def test_shows_what_a_merchant_asks_first(self, client: FlaskClient, world: World) -> None:
        custom = CustomData(value=Money(minor=11584, currency="USD"))
        add(world, a_record(custom=custom, received_at=NOW - timedelta(minutes=5)))
        html = get(client, world)
        for shown in ("Purchase", "Order #2101", "Web", "115.84 USD", "queued", "5 min ago"):
            assert shown in html
        assert 'title="Tue, Aug 4, 2026, 4:55:00 PM PDT"' in html

    def test_links_to_its_object_in_commerce7(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(object_id="a/b"))
        assert f'/commerce7/admin/{TENANT}/store/order/a%2Fb"' in get(client, world)

    @pytest.mark.parametrize("kind", ["membership", "reservation", "customer", ""])
    def test_has_no_link_to_a_page_that_may_not_exist(
        self, client: FlaskClient, world: World, kind: str
    ) -> None:
        add(world, a_record(object_kind=kind, object_id="an-id"))
        assert f"/commerce7/admin/{TENANT}/" not in get(client, world)

    def test_is_the_newest_first(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(key="1", object_number="1001"))
        add(world, a_waiting_record(key="2", object_number="1002", received_at=NOW + SECOND))
        html = get(client, world)
        assert html.index("#1002") < html.index("#1001")
        assert "not paid yet" in html

    def test_names_its_pixels_where_there_are_two(self, client: FlaskClient, world: World) -> None:
        both = {Role.PRIMARY: a_delivery(), Role.SECONDARY: failed()["deliveries"][Role.PRIMARY]}
        add(world, a_record(deliveries=both))
        html = get(client, world)
        assert html.index("Primary") < html.index("Secondary") < html.index("Meta refused")
        assert "None" not in html

    def test_says_once_what_became_of_both_pixels_alike(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record(deliveries=dict.fromkeys(Role, a_delivery())))
        html = get(client, world)
        assert html.count("both pixels") == 1
        assert "Secondary" not in html

    def test_prints_what_it_shows_as_text(self, client: FlaskClient, world: World) -> None:
        hostile = "<img src=x onerror=alert(1)>"
        add(world, a_record(object_number=hostile, object_id=hostile, **failed(Reason(hostile))))
        html = get(client, world) + get(client, world, f"/activity/rows/{'0' * 64}?open=1")
        assert "<img" not in html
        assert "&lt;img src=x" in html


class TestTheTable:
    def test_says_what_to_do_in_an_empty_log(self, client: FlaskClient, world: World) -> None:
        assert "Place an order in Commerce7" in get(client, world)

    def test_shows_a_tenant_its_own_events_only(self, client: FlaskClient, world: World) -> None:
        world.install(tenant_id="other-winery")
        add(world, a_record(tenant_id="other-winery", object_number="theirs"))
        assert "theirs" not in get(client, world)
        assert "theirs" in client.get(TABLE, headers=world.staff("other-winery")).text

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("", "lead pos-purchase"),
            ("show=website", "view"),
            ("show=tests", "test"),
            ("show=all", "lead pos-purchase test view"),
            ("event=Lead", "lead"),
            ("status=error", "pos-purchase"),
            ("channel=POS", "pos-purchase"),
            ("channel=POS&event=Lead", ""),
            ("object=lead", "lead"),
            ("from=2026-08-05", ""),
            ("from=2026-08-04&to=2026-08-04", "lead pos-purchase"),
            ("to=2026-08-03", ""),
            ("event=Nonsense&status=&from=yesterday&show=x", "lead pos-purchase"),
        ],
    )
    def test_shows_what_is_asked_for(
        self, client: FlaskClient, world: World, query: str, shown: str
    ) -> None:
        add(
            world,
            a_record(key="1", object_number="pos-purchase", channel="POS", **failed()),
            a_record(key="2", object_number="lead", name=EventName.LEAD, channel=None),
            a_record(key="3", object_number="view", name=EventName.PAGE_VIEW, channel=None),
            a_record(key="4", object_number="test", is_test=True, channel=None),
        )
        html = get(client, world, f"{TABLE}?{query}")
        found = [
            each for each in ("lead", "pos-purchase", "test", "view") if f"Order #{each}" in html
        ]
        assert " ".join(found) == shown
        assert bool(found) or "No events match your filters" in html

    @pytest.mark.parametrize(
        "typed",
        [
            "1001",
            "#1001",
            "Order #1001",
            "order 1001",
            " ORDER#1001 ",
            ID,
            ID.upper(),
            f"Order {ID}",
        ],
    )
    def test_finds_what_is_typed_as_it_is_printed(
        self, client: FlaskClient, world: World, typed: str
    ) -> None:
        add(world, a_record(key="1", object_number="1001", object_id=ID))
        add(world, a_record(key="2", object_number="1002", object_id="o2"))
        answer = client.get(TABLE, query_string={"object": typed}, headers=world.staff())
        assert "#1001" in answer.text
        assert "#1002" not in answer.text

    @pytest.mark.parametrize("typed", ["#", "Order", "Order #", "order1001", "1001 #"])
    def test_finds_nothing_for_half_a_name(
        self, client: FlaskClient, world: World, typed: str
    ) -> None:
        add(world, a_record(object_number="1001"))
        answer = client.get(TABLE, query_string={"object": typed}, headers=world.staff())
        assert "No events match your filters" in answer.text

    def test_continues_where_it_ended_although_events_arrive(
        self, client: FlaskClient, world: World
    ) -> None:
        many = range(PAGE_SIZE + 3)
        add(world, *(a_record(key=f"{n:03}", received_at=NOW + n * SECOND) for n in many))
        html = get(client, world, "/activity")
        further = html.split('hx-get="/activity?after=')[1].split('"')[0]
        add(world, a_record(key="new", received_at=NOW + timedelta(hours=1)))

        older = get(client, world, f"/activity?after={further}")
        assert [f"event-{n:03}" in older for n in (0, 1, 2, 3)] == [True, True, True, False]
        assert "data-live" not in older
        assert "Back to the newest events" in older

    @pytest.mark.parametrize("forged", ["x", "WyIyMDI2LTA4LTA1IiwiYSJd.forged", "%00", "é"])
    def test_begins_at_the_top_with_a_forged_cursor(
        self, client: FlaskClient, world: World, forged: str
    ) -> None:
        add(world, a_record())
        assert "data-live" in get(client, world, f"{TABLE}?after={forged}")

    def test_ignores_a_cursor_of_another_winery(self, client: FlaskClient, world: World) -> None:
        world.install(tenant_id="other-winery")
        many = range(PAGE_SIZE + 1)
        add(world, *(a_record(key=f"{n:03}", received_at=NOW + n * SECOND) for n in many))
        html = get(client, world)
        further = html.split('hx-get="/activity?after=')[1].split('"')[0]
        add(world, a_record(tenant_id="other-winery", received_at=NOW - SECOND))
        theirs = client.get(f"{TABLE}?after={further}", headers=world.staff("other-winery")).text
        assert "data-live" in theirs


class TestAPoll:
    def mark(self, html: str) -> str:
        return html.split("mark=")[1].split('"', maxsplit=1)[0].split("&", maxsplit=1)[0]

    def test_is_answered_with_nothing_while_nothing_has_changed(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record())
        mark = self.mark(get(client, world))
        answer = client.get(f"{TABLE}?mark={mark}", headers=world.staff())
        assert (answer.status_code, answer.data) == (204, b"")
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")

    def test_is_answered_with_the_rows_after_any_change(
        self, client: FlaskClient, world: World
    ) -> None:
        add(world, a_record())
        mark = self.mark(get(client, world))
        stored = world.services.events.find(TENANT, "0" * 64)
        assert stored
        world.services.events.replace(stored, replace(stored.record, **failed(Reason("new"))))
        assert "new" in get(client, world, f"{TABLE}?mark={mark}")

    def test_is_answered_with_the_rows_after_the_settings_changed(
        self, client: FlaskClient, world: World
    ) -> None:
        skipped = {"deliveries": {}, "state": Status.SKIPPED, "reason": Reason.NOT_SET_UP}
        world.install(some_settings(pixels=Pixels()))
        add(world, a_record(**skipped))
        query = f"open={'0' * 64}"
        before = get(client, world, f"{TABLE}?{query}")
        assert "Set up the pixel" in before
        world.install(some_settings())
        after = get(client, world, f"{TABLE}?{query}&mark={self.mark(before)}")
        assert "Set up the pixel" not in after
        assert "Send again" in after

    def test_is_stopped_once_the_winery_has_uninstalled(
        self, client: FlaskClient, world: World
    ) -> None:
        mark = self.mark(get(client, world))
        removed = Installation(state=InstallState.REMOVED)
        save_installation(world.services.tenants, TENANT, removed)
        headers = {**world.staff(), "HX-Trigger": "eventlog-table"}
        assert client.get(f"{TABLE}?mark={mark}", headers=headers).status_code == 286

    def test_of_an_empty_log_is_answered_with_nothing_too(
        self, client: FlaskClient, world: World
    ) -> None:
        mark = self.mark(get(client, world))
        assert client.get(f"{TABLE}?mark={mark}", headers=world.staff()).status_code == 204

    def test_of_an_empty_log_shows_the_first_event(self, client: FlaskClient, world: World) -> None:
        html = get(client, world, f"{TABLE}?mark=")
        assert "No events yet" in html
        add(world, a_record())
        assert "Order #2101" in get(client, world, TABLE)

    def test_keeps_rows_open(self, client: FlaskClient, world: World) -> None:
        add(world, a_record(key="a" * 64), a_record(key="b" * 64))
        html = get(client, world, f"{TABLE}?open={'a' * 64}&open=gone")
        assert html.count('name="open"') == 1
        assert f'value="{"a" * 64}"' in html

    def test_keeps_a_row_that_is_read_although_newer_ones_push_it_off(
        self, client: FlaskClient, world: World
    ) -> None:
        many = range(PAGE_SIZE + 5)
        add(world, *(a_record(key=f"{n:03}", received_at=NOW + n * SECOND) for n in many))
        html = get(client, world, f"{TABLE}?open=001&open=002")
        assert html.index("event-005") < html.index("event-002") < html.index("event-001")
        assert "event-003" not in html
        assert "event-001" not in get(client, world, f"{TABLE}?open=001&status=error")
