"""Two users who save the Configuration tab at once."""

import re

from flask.testing import FlaskClient

from service.domain.events.event import EventName
from service.domain.tenants.tenant import Role
from tests.builders import TENANT
from tests.conftest import World
from tests.web.forms import PAGE, SECRET, choices, form, token


def page(client: FlaskClient, world: World) -> str:
    return client.get(PAGE, headers=world.staff()).text


def version_in(html: str, name: str = "version") -> str:
    found = re.search(rf'name="{name}" value="(\w*)"', html)
    assert found
    return found[1]


def is_checked(html: str, name: str) -> bool:
    return f'id="{name}" name="{name}" form="settings" value="on" checked' in html


class TestTwoUsersAtOnce:
    def test_see_what_differs_and_apply_their_changes_to_it(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        version = version_in(page(client, world))
        ada = world.staff(id="user-9", name="Ada Admin", role="Admin")
        hers = form(event_AddToCart=None, shop_domains="a.example.com\r\nb.example.com")
        client.post(PAGE, data={**hers, "version": version}, headers=ada)
        hers = {**hers, "event_PageView": "", "version": version_in(page(client, world))}
        client.post(PAGE, data=hers, headers=ada)
        mine = form(event_Lead=None, currency="EUR", version=version, primary_token=SECRET)
        answer = client.post(PAGE, data=mine, headers=world.staff())

        assert answer.status_code == 409
        assert "Not saved. Ada Admin changed these settings while you were editing." in answer.text
        assert (
            ": AddToCart: on → off; Shop domains: shop.example.com → a.example.com, b.example.com;"
            " PageView: on → off." in answer.text
        )
        assert (
            "Your changes: Currency: USD → EUR; Lead: on → off; Primary access token replaced."
            in answer.text
        )
        assert "Apply my changes" in answer.text
        assert choices(world).events[EventName.LEAD]
        assert token(world, Role.PRIMARY) != SECRET
        assert SECRET not in answer.text
        # What was typed is still there, among what the other one saved.
        assert 'name="currency" form="settings" value="EUR"' in answer.text
        assert "a.example.com\nb.example.com</textarea>" in answer.text
        assert [is_checked(answer.text, f"event_{each}") for each in EventName] == [
            each not in {EventName.LEAD, EventName.ADD_TO_CART, EventName.PAGE_VIEW}
            for each in EventName
        ]

    def test_see_what_the_other_changed_step_by_step_as_one_difference(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        html = page(client, world)
        mine = form(event_Lead=None, version=version_in(html))
        ada = world.staff(id="user-9", name="Ada Admin", role="Admin")
        steps: list[dict[str, str | None]] = [
            {"currency": "CAD", "event_PageView": None},
            {"currency": "EUR"},
        ]
        for step in steps:
            hers = form(**step, version=version_in(html))
            html = client.post(PAGE, data=hers, headers=ada).text
        answer = client.post(PAGE, data=mine, headers=world.staff())
        assert answer.status_code == 409
        assert "</time>: Currency: USD → EUR.</p>" in answer.text

    def test_do_not_overwrite_each_others_token(self, client: FlaskClient, world: World) -> None:
        world.install()
        name = "primary_token_version"
        version = version_in(page(client, world), name)
        ada = world.staff(id="user-9", name="Ada Admin", role="Admin")
        hers = form(primary_token="EAA" + "a" * 40, **{name: version})
        assert client.post(PAGE, data=hers, headers=ada).status_code == 200
        entries = world.services.audit.newest(TENANT, limit=9)
        typed = form(primary_token=SECRET, event_Lead=None, **{name: version})
        answer = client.post(PAGE, data=typed, headers=world.staff())

        assert answer.status_code == 409
        assert "Not saved. Ada Admin changed these settings" in answer.text
        assert ": Primary access token replaced." in answer.text
        assert "Your changes: Lead: on → off; Primary access token replaced." in answer.text
        assert token(world, Role.PRIMARY) == hers["primary_token"]
        assert choices(world).events[EventName.LEAD]
        assert world.services.audit.newest(TENANT, limit=9) == entries

        again = {**typed, name: version_in(answer.text, name)}
        assert client.post(PAGE, data=again, headers=world.staff()).status_code == 200
        assert token(world, Role.PRIMARY) == SECRET

    def test_who_make_the_same_change_are_not_stopped(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        version = version_in(page(client, world))
        ada = world.staff(id="user-9", name="Ada Admin", role="Admin")
        typed = form(event_AddToCart=None, version=version)
        client.post(PAGE, data=typed, headers=ada)
        answer = client.post(PAGE, data=typed, headers=world.staff())
        assert answer.status_code == 200
        assert "Already saved by Ada Admin." in answer.text

    def test_see_the_faults_of_their_own_fields(self, client: FlaskClient, world: World) -> None:
        world.install()
        version = version_in(page(client, world))
        ada = world.staff(id="user-9", name="Ada Admin", role="Admin")
        client.post(PAGE, data=form(event_AddToCart=None, version=version), headers=ada)
        typed = form(currency="€", version=version)
        answer = client.post(PAGE, data=typed, headers=world.staff())
        assert answer.status_code == 409
        assert "Ada Admin changed these settings" in answer.text
        assert 'name="currency" form="settings" value="€"' in answer.text
        assert "Not saved. Fix 1 field:" in answer.text
        assert not is_checked(answer.text, "event_AddToCart")
        assert "Apply my changes" not in answer.text

    def test_save_one_after_the_other_as_often_as_they_like(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        html = page(client, world)
        for event in ("Lead", "Subscribe", "Purchase"):
            typed = form(**{f"event_{event}": None}, version=version_in(html))
            answer = client.post(PAGE, data=typed, headers=world.staff())
            assert answer.status_code == 200
            html = answer.text
