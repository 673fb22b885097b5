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


class TestTwoUsersAtOnce:
    def test_do_not_overwrite_each_other(self, client: FlaskClient, world: World) -> None:
        world.install()
        version = version_in(page(client, world))
        ada = world.staff(id="user-9", name="Ada Admin", role="Admin")
        client.post(PAGE, data=form(event_AddToCart=None, version=version), headers=ada)
        typed = form(event_Lead=None, version=version, primary_token=SECRET)
        answer = client.post(PAGE, data=typed, headers=world.staff())

        assert answer.status_code == 409
        assert "Not saved: Ada Admin changed these settings" in answer.text
        assert "You wanted: Lead: on → off; Primary access token replaced." in answer.text
        assert choices(world).events[EventName.LEAD]
        assert token(world, Role.PRIMARY) != SECRET
        assert SECRET not in answer.text

        # The page shows the current settings, and can be saved.
        again = {**typed, "version": version_in(answer.text), "event_AddToCart": ""}
        assert client.post(PAGE, data=again, headers=world.staff()).status_code == 200
        assert not choices(world).events[EventName.ADD_TO_CART]

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
        assert "Not saved: Ada Admin changed these settings" in answer.text
        assert "You wanted: Lead: on → off; Primary access token replaced." in answer.text
        assert token(world, Role.PRIMARY) == hers["primary_token"]
        assert choices(world).events[EventName.LEAD]
        assert world.services.audit.newest(TENANT, limit=9) == entries

        again = {**typed, name: version_in(answer.text, name)}
        assert client.post(PAGE, data=again, headers=world.staff()).status_code == 200
        assert token(world, Role.PRIMARY) == SECRET

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
