"""A marked person's data goes through every signal and look-up, and is found nowhere afterwards."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.identity import hashed
from service.domain.records.record import Status
from service.domain.shop.person import Address
from service.domain.shop.public_settings import Shop
from service.infra.logs import JsonLines
from service.ports import Refusal, ShopError
from tests.builders import BAD_TOKEN, OLIVE, TENANT
from tests.conftest import World
from tests.web.endpoints.test_webhooks import BASIC, URL
from tests.web.objects import (
    OUR_QUEUE,
    PAYLOADS,
    a_webhook,
    call_every_task,
    have_the_shop_know,
)

ID = "c0ffee00-Marked-Person"
EMAIL, PHONE = "marker.person@example.com", "+17079634321"
NAME, CITY, STREET = "Markername", "Markerville", "1 Marker Lane"
STAFF = "marker.colleague@example.com"
PERSON = {"firstName": NAME, "lastName": NAME, "phone": PHONE, "city": CITY, "address": STREET}
CUSTOMER = {**PERSON, "id": ID, "emails": [{"email": EMAIL}], "phones": [{"phone": PHONE}]}
PLAIN = (ID, EMAIL, PHONE[1:], NAME, CITY, STREET, STAFF)
HASHED = tuple(map(hashed, (ID.lower(), EMAIL, PHONE[1:], NAME.lower(), CITY.lower())))
NEEDLES = (*PLAIN, *map(str.lower, PLAIN), *HASHED)
EVENTS = {
    ("Order", "Create"): "Purchase",
    ("Club Membership", "Create"): "Subscribe",
    ("Club Membership", "Delete"): "CancelMembership",
    ("Reservation", "Update"): "Lead",
    ("Customer", "Create"): "CompleteRegistration",
}

every_signal = pytest.mark.parametrize(("kind", "action"), EVENTS)
proven_or_not = pytest.mark.parametrize("is_trusted", [True, False])


def marked(kind: str, *, is_known: bool = True) -> dict[str, Any]:
    """Return the sample with the marked person's data; unless `is_known`, only an id and a name."""
    if kind == "Customer":
        return {**PAYLOADS[kind], **CUSTOMER}
    person: dict[str, Any] = PERSON if is_known else {}
    customer: dict[str, Any] = CUSTOMER if is_known else {"id": ID, "firstName": NAME}
    parts = {"billTo": person, "shipTo": person, "customerId": ID, "customer": customer}
    return {**PAYLOADS[kind], **parts}


class Search:
    """A search for the marked data in all that a run leaves behind."""

    def __init__(self, world: World, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
        self._world, self._client, self._caplog = world, client, caplog
        self._answers: list[str] = []

    def deliver(self, body: bytes, *, is_trusted: bool) -> None:
        """Deliver a webhook, then search."""
        answer = self._client.post(URL, data=body, auth=BASIC if is_trusted else None)
        assert answer.json == {"result": "recorded"}
        self._answers.append(answer.text)
        self.finds_nothing()

    def call_every_task(self) -> None:
        """Call every task, then search."""
        call_every_task(self._world, self._client)
        self.finds_nothing()

    def finds_nothing(self) -> None:
        """Fail if marked data is found, or if the event itself is missing in a place."""
        places = self._places()
        assert TENANT in places["database"]
        assert "webhook.received" in places["log"]
        assert "<table" in places["page"]
        for name, text in places.items():
            assert [needle for needle in NEEDLES if needle in text] == [], name

    def _places(self) -> dict[str, str]:
        files = [path.read_bytes() for path in self._world.file.parent.iterdir()]
        self._world.shops.staff[TENANT, "its.account.token"] = OLIVE
        page = self._client.get(f"/?tenantId={TENANT}&account=its.account.token").text
        table = self._client.get("/activity/table", headers=self._world.staff()).text
        return {
            "database": b"".join(files).decode(errors="replace"),
            "log": "".join(map(JsonLines().format, self._caplog.records)),
            "queue": str(self._world.queue.tasks),
            "page": page + table,
            "answers": "".join(self._answers),
        }


@pytest.fixture
def search(world: World, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> Iterator[Search]:
    """Return the search, with logging at its most verbose."""
    world.install()
    world.shops.facts = Shop()
    with caplog.at_level(logging.DEBUG):
        yield Search(world, client, caplog)


def know(world: World, kind: str) -> None:
    """Have the shop know the object, and the person with an address book."""
    have_the_shop_know(world, kind, a_webhook(kind, "Update", marked(kind)))
    entry = Address(first_name=NAME, last_name=NAME, phone=PHONE, city=CITY)
    world.shops.books[ID] = {"address-1": entry}


class TestAMarkedPerson:
    @pytest.mark.parametrize(
        ("kind", "action", "is_trusted"),
        [
            *((*signal, True) for signal in EVENTS),
            # An unproven end is refuted by the shop, where the membership still exists.
            *((*signal, False) for signal in EVENTS if "Delete" not in signal),
        ],
    )
    def test_is_sent_and_left_nowhere(
        self, world: World, search: Search, kind: str, action: str, *, is_trusted: bool
    ) -> None:
        know(world, kind)
        body = a_webhook(kind, action, marked(kind, is_known=False))
        search.deliver(body, is_trusted=is_trusted)
        search.call_every_task()

        ((event, _, _),) = world.meta.sent
        assert event.name == EVENTS[kind, action]
        assert HASHED[1] in event.identity.hashed_emails
        assert world.row().status is Status.SENT

    @every_signal
    @proven_or_not
    @pytest.mark.parametrize("refusal", Refusal)
    def test_whose_lookup_fails_is_left_nowhere(
        self,
        world: World,
        client: FlaskClient,
        search: Search,
        kind: str,
        action: str,
        refusal: Refusal,
        *,
        is_trusted: bool,
    ) -> None:
        for what in ("order", "membership", "reservation", "customer"):
            world.shops.refusals[what] = ShopError(refusal)
        search.deliver(a_webhook(kind, action, marked(kind)), is_trusted=is_trusted)
        for task in list(world.queue.tasks):
            client.post(task.path, data=task.body, headers=OUR_QUEUE)
        search.finds_nothing()

    @every_signal
    def test_that_waits_for_a_token_is_readable_nowhere(
        self, world: World, search: Search, kind: str, action: str
    ) -> None:
        world.meta.script = [BAD_TOKEN] * 2
        know(world, kind)
        search.deliver(a_webhook(kind, action, marked(kind)), is_trusted=True)
        search.call_every_task()

        assert (world.row().status, world.row().payload is None) == (Status.HELD, False)

    def test_entered_by_a_staff_member_is_skipped_and_left_nowhere(
        self, world: World, search: Search
    ) -> None:
        body = a_webhook("Customer", "Create", marked("Customer"), user=STAFF)
        search.deliver(body, is_trusted=True)

        assert (world.row().status, world.row().reason) == (Status.SKIPPED, "not a sign-up")

    def test_of_an_unproven_webhook_is_cleared_once_the_shop_refutes_it(
        self, world: World, search: Search, client: FlaskClient
    ) -> None:
        client.post(URL, data=a_webhook("Customer", "Create", marked("Customer")))
        for _ in range(2):
            task = world.queue.tasks[-1]
            client.post(task.path, data=task.body, headers=OUR_QUEUE)
            world.clock.advance(timedelta(seconds=30))
        search.deliver(a_webhook("Order", "Create", marked("Order")), is_trusted=True)

        assert world.row().object_kind == "order"
