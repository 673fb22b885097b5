"""Who changed what: pages and kinds of changes, and restoring a value."""

import json
import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from service.domain.events.event import EventName
from service.domain.tenants.audit import AuditEntry, Change, log_change
from service.domain.tenants.tenant import Role
from tests.builders import NOW, PIXEL, SECOND_PIXEL, TENANT
from tests.conftest import World
from tests.web.forms import PAGE, SECRET, choices, form

LIST, RESTORE = "/configuration/changes", "/configuration/restore"


def texts(client: FlaskClient, world: World, query: str = "") -> list[str]:
    html = client.get(f"{LIST}{query}", headers=world.staff()).text
    return [unescape(each) for each in re.findall(r"<span id=.change-\d+-\d+.>(.*?)</span>", html)]


def install(world: World) -> None:
    """Install the winery, without a trace of it."""
    world.install()
    world.services.audit.drop_all(TENANT)


def write(world: World, *changes: Change) -> None:
    world.services.audit.add(TENANT, AuditEntry(at=NOW, who="Olive", changes=changes))


def buttons(html: str) -> list[dict[str, str]]:
    """Return what each button that restores a value sends."""
    found = re.findall(r'hx-post="/configuration/restore" hx-vals=\'([^\']*)\'', html)
    return [json.loads(unescape(each)) for each in found]


class TestTheList:
    def test_has_pages(self, client: FlaskClient, world: World) -> None:
        install(world)
        for day in range(7, 32):
            write(world, Change(name="retention_days", before=str(day), after=str(day + 1)))
        shown = [texts(client, world, f"?page={number}") for number in (1, 2, 3, 4)]
        assert [len(page) for page in shown] == [10, 10, 5, 0]
        assert shown[0][0] == "Days to keep the Event Log: 31 → 32"
        assert shown[2][-1] == "Days to keep the Event Log: 7 → 8"
        first = client.get(LIST, headers=world.staff()).text
        last = client.get(f"{LIST}?page=3", headers=world.staff()).text
        assert ("Older" in first, "Newer" in first) == (True, False)
        assert ("Older" in last, "Newer" in last) == (False, True)

    @pytest.mark.parametrize(
        ("kind", "shown"),
        [
            ("pixels", ["Primary pixel: empty → 1", "Primary access token replaced"]),
            ("switches", ["Lead: on → off"]),
            ("settings", ["Currency: empty → USD"]),
            ("log", ["Event Log: 2 rows cleared"]),
            ("", None),
            ("unknown", None),
        ],
    )
    def test_shows_one_kind_of_changes_however_long_ago(
        self, client: FlaskClient, world: World, kind: str, shown: list[str] | None
    ) -> None:
        install(world)
        pixel = Change(name="pixels.primary.id", before='""', after='"1"')
        lead = Change(name="events.Lead", before="true", after="false")
        write(world, pixel, Change(name="pixels.primary.token"), lead)
        write(world, Change(name="currency", before="null", after='"USD"'))
        write(world, log_change("2 rows", "cleared"))
        found = texts(client, world, f"?kind={kind}")
        assert (found == shown) if shown else (len(found) == 5)


class TestRestoring:
    def test_undoes_one_change_and_keeps_the_others(
        self, client: FlaskClient, world: World
    ) -> None:
        install(world)
        typed = form(event_Lead=None, event_AddToCart=None, currency="EUR")
        client.post(PAGE, data=typed, headers=world.staff())
        html = client.get(LIST, headers=world.staff()).text
        (lead,) = [each for each in buttons(html) if each["name"] == "events.Lead"]
        answer = client.post(RESTORE, data=lead, headers=world.staff())
        assert "Restored. Lead: off → on." in unescape(answer.text)
        now = choices(world)
        assert (now.events[EventName.LEAD], now.events[EventName.ADD_TO_CART]) == (True, False)
        assert now.currency == "EUR"
        (entry, *_) = world.services.audit.newest(TENANT, limit=1)
        assert [each.name for each in entry.changes] == ["events.Lead"]

    def test_a_pixel_tests_its_connection(self, client: FlaskClient, world: World) -> None:
        install(world)
        client.post(PAGE, data=form(primary_pixel_id=SECOND_PIXEL), headers=world.staff())
        before = {"name": "pixels.primary.id", "before": f'"{PIXEL}"'}
        answer = client.post(RESTORE, data=before, headers=world.staff())
        assert choices(world).pixel_of(Role.PRIMARY) == PIXEL
        assert 'id="outcome-primary" class="pending"' in answer.text

    def test_is_refused_where_the_value_is_no_longer_possible(
        self, client: FlaskClient, world: World
    ) -> None:
        install(world)
        second = {"name": "pixels.secondary.id", "before": f'"{SECOND_PIXEL}"'}
        answer = client.post(RESTORE, data=second, headers=world.staff())
        assert answer.status_code == 422
        assert "Not saved. Fix 1 field:" in answer.text
        assert choices(world).pixel_of(Role.SECONDARY) == ""

    @pytest.mark.parametrize(
        "sent",
        [
            {},
            {"name": "enabled"},
            {"name": "enabled", "before": "maybe"},
            {"name": "enabled", "before": '"yes"'},
            {"name": "pixels.primary.token", "before": '"saved"'},
            {"name": "pixels.primary", "before": '"x"'},
        ],
    )
    def test_nothing_changes_nothing(
        self, client: FlaskClient, world: World, sent: dict[str, str]
    ) -> None:
        install(world)
        before = choices(world)
        answer = client.post(RESTORE, data=sent, headers=world.staff())
        assert (answer.status_code, choices(world)) == (200, before)
        assert "Nothing to restore." in answer.text

    def test_is_offered_for_what_differs_to_those_who_may(
        self, client: FlaskClient, world: World
    ) -> None:
        install(world)
        client.post(PAGE, data=form(event_Lead=None, primary_token=SECRET), headers=world.staff())
        names = {each["name"] for each in buttons(client.get(LIST, headers=world.staff()).text)}
        assert names == {"events.Lead"}
        client.post(PAGE, data=form(), headers=world.staff())
        html = client.get(LIST, headers=world.staff()).text
        assert [each["before"] for each in buttons(html)] == ["false"]
        reader = client.get(LIST, headers=world.staff(role="Data")).text
        assert buttons(reader) == []
