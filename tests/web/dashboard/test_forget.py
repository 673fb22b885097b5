"""Forget a customer, on the Help tab: what is deleted, and what is left nowhere."""

import logging
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.copies import replace
from service.ports import Refusal, ShopError
from service.web.configuration.changes import change_row
from tests.builders import (
    CUSTOMER_ID,
    TENANT,
    a_membership,
    a_signal,
    a_stranger,
    a_tenant,
    an_order,
)
from tests.conftest import World

EMAIL = "casey@example.com"


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    world.install()


def submit(
    client: FlaskClient, world: World, email: str = "", customer_id: str = "", confirm: str = "yes"
) -> TestResponse:
    form = {"email": email, "customer_id": customer_id}
    form |= {"is_confirmed": confirm} if confirm else {}
    headers = {**world.staff(), "HX-Request": "true"}
    return client.post("/help/forget", data=form, headers=headers)


def waiting(world: World) -> int:
    return len(world.services.events.newest(TENANT, limit=10))


class TestACustomer:
    @pytest.mark.parametrize(
        "form", [{"email": " Casey@Example.com "}, {"customer_id": CUSTOMER_ID}]
    )
    def test_is_forgotten_by_their_address_or_id(
        self, client: FlaskClient, world: World, form: dict[str, str]
    ) -> None:
        world.receive(a_signal(an_order()))
        answer = submit(client, world, **form)
        assert answer.status_code == 200
        assert "Done. 1 waiting event was deleted and will not be sent." in answer.text
        world.run_tasks()
        assert world.meta.sent == []
        assert waiting(world) == 0

    def test_leaves_no_trace_of_their_name_in_clear(
        self, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.receive(a_signal(an_order()))
        with caplog.at_level(logging.DEBUG):
            answer = submit(client, world, email=EMAIL, customer_id=CUSTOMER_ID)
        (entry, *_) = world.services.audit.newest(TENANT, limit=9)
        row = change_row(entry, a_tenant())
        assert (row.who, *(each.text for each in row.changes)) == (
            "Olive Owner",
            "Event Log: the data of one customer deleted",
        )
        bodies = [each.body.decode() for each in world.queue.tasks]
        left = [answer.text, str(answer.headers), str(entry), caplog.text, *bodies]
        assert [each for each in left if "casey" in each.lower() or CUSTOMER_ID in each] == []
        assert EMAIL.encode() not in world.file.read_bytes()

    def test_is_not_forgotten_in_part_without_saying_so(
        self, client: FlaskClient, world: World
    ) -> None:
        world.receive(a_signal(a_membership(person=a_stranger())))
        world.shops.refusals["membership"] = ShopError(Refusal.NO_ANSWER)
        answer = submit(client, world, email=EMAIL)
        assert "whether 1 waiting event belongs" in answer.text
        assert "Do this again in an hour." in answer.text
        assert 'id="forget_email"' in answer.text

    def test_of_whom_nothing_waits_is_no_failure(self, client: FlaskClient, world: World) -> None:
        answer = submit(client, world, email="robin@example.com")
        assert "No event of this customer was waiting to be sent." in answer.text
        assert "If you expected events, check the spelling." in answer.text


class TestTheForm:
    @pytest.mark.parametrize(
        ("form", "said"),
        [
            ({}, "Enter an e-mail address or a customer ID."),
            ({"email": "casey"}, "This is not an e-mail address."),
            ({"email": EMAIL, "confirm": ""}, "Turn this on to confirm. Nothing was deleted."),
        ],
    )
    def test_says_what_is_wrong_and_deletes_nothing(
        self,
        client: FlaskClient,
        world: World,
        form: dict[str, str],
        said: str,
    ) -> None:
        world.receive(a_signal(an_order()))
        before = len(world.services.audit.newest(TENANT, limit=9))
        answer = submit(client, world, **form)
        assert answer.status_code == 422
        assert said in answer.text
        assert waiting(world) == 1
        assert len(world.services.audit.newest(TENANT, limit=9)) == before

    def test_is_not_for_readers(self, client: FlaskClient, world: World) -> None:
        html = client.get("/help", headers=world.staff(role="Data")).text
        assert "These roles can forget a customer: Admin Owner, Admin." in html
        assert "forget_email" not in html

    def test_is_limited(self, client: FlaskClient, world: World) -> None:
        statuses = [submit(client, world, email=EMAIL).status_code for _ in range(9)]
        assert statuses == [200] * 8 + [429]


def test_a_crowd_of_open_events_does_not_hold_the_page_up(
    client: FlaskClient, world: World
) -> None:
    for number in range(3):
        world.receive(a_signal(replace(a_membership(), id=f"m-{number}", person=a_stranger())))
    world.shops.meanwhile = lambda: world.clock.advance(timedelta(seconds=16))
    answer = submit(client, world, email=EMAIL)
    assert "whether 2 waiting events belong" in answer.text
