"""The tasks that call a shop: to look up an object, or to read its settings."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from service.domain.records.record import Status
from service.domain.shop.order import OrderKind
from service.domain.shop.public_settings import Shop
from service.domain.tenants.tenant import Due
from service.ports import Refusal, ShopError, Task
from tests.builders import (
    CUSTOMER_ID,
    NOW,
    TENANT,
    a_membership,
    a_registration,
    a_signal,
    an_order,
)
from tests.conftest import World
from tests.fakes import OneCaller
from tests.tenants import save_shop

URL = "/tasks/resolve"
OURS = {"Authorization": f"Bearer {OneCaller.token}"}
UNANSWERED = ShopError(Refusal.TOO_OFTEN, retry_after=timedelta(seconds=7))


@pytest.fixture
def task(world: World) -> Task:
    """Return the task of a membership whose member is to be looked up."""
    world.install()
    world.shops.memberships[a_membership().id] = a_membership()
    world.shops.customers[CUSTOMER_ID] = a_registration()
    world.receive(a_signal(a_membership()))
    (task,) = world.queue.tasks
    return task


def call(client: FlaskClient, body: bytes) -> TestResponse:
    return client.post(URL, data=body, headers=OURS)


def answer(client: FlaskClient, body: bytes) -> str:
    answered = call(client, body)
    assert answered.status_code == 200
    assert answered.json is not None
    return str(answered.json["result"])


def about_the_shop(tenant_id: str = TENANT) -> bytes:
    return json.dumps({"tenant_id": tenant_id}).encode()


class TestAJob:
    def test_that_does_not_exist_is_done(self, client: FlaskClient, world: World) -> None:
        world.install()
        body = {"tenant_id": TENANT, "about": "job", "job": "clear"}
        assert answer(client, json.dumps(body).encode()) == "none"

    @pytest.mark.parametrize("job", [None, "of a newer version"])
    def test_of_an_unknown_kind_is_malformed(
        self, client: FlaskClient, world: World, job: str | None
    ) -> None:
        world.install()
        body = {"tenant_id": TENANT, "about": "job", "job": job}
        assert answer(client, json.dumps(body).encode()) == "malformed"


class TestAnEvent:
    def test_is_looked_up_and_queued(self, client: FlaskClient, world: World, task: Task) -> None:
        assert task.path == URL
        assert answer(client, task.body) == "decided"

        assert world.row().status is Status.QUEUED
        assert [each.path for each in world.queue.tasks] == [URL, "/tasks/send"]

    def test_whose_lookup_fails_is_200_and_has_its_next_task(
        self, client: FlaskClient, world: World, task: Task
    ) -> None:
        world.shops.refusals["membership"] = UNANSWERED
        assert answer(client, task.body) == "to be asked again"

        assert (world.row().status, world.row().deliveries) == (Status.RECEIVED, {})
        following = world.queue.tasks[-1]
        assert (following.path, following.body) == (URL, task.body)
        assert (following.delay, following.name == task.name) == (timedelta(seconds=7), False)

    def test_that_is_early_or_repeated_makes_no_call(
        self, client: FlaskClient, world: World, task: Task
    ) -> None:
        world.shops.refusals["membership"] = UNANSWERED
        answers = [answer(client, task.body) for _ in range(2)]
        world.shops.refusals.clear()
        world.clock.advance(timedelta(seconds=7))
        answers += [answer(client, task.body) for _ in range(2)]

        nothing = "nothing left to do"
        assert answers == ["to be asked again", nothing, "decided", nothing]
        assert [what for what, _ in world.shops.asked].count("membership") == 2

    @pytest.mark.parametrize("key", ["", "no-such-key", "\u0000", "/../"])
    def test_that_does_not_exist_is_done(self, client: FlaskClient, world: World, key: str) -> None:
        world.install()
        body = json.dumps({"tenant_id": TENANT, "event_key": key}).encode()

        assert answer(client, body) == "nothing left to do"
        assert (world.shops.asked, world.queue.tasks) == ([], [])

    def test_of_another_tenant_is_not_revealed(
        self, client: FlaskClient, world: World, task: Task
    ) -> None:
        world.install(tenant_id="other-winery")
        body = task.body.replace(TENANT.encode(), b"other-winery")

        assert answer(client, body) == "nothing left to do"
        assert world.shops.asked == []
        assert world.row().status is Status.RECEIVED


def install_unasked(world: World) -> None:
    """Set the tenant up; its shop is to be asked now."""
    world.install()
    save_shop(world.services.tenants, TENANT, None, due_at=NOW)


class TestAShop:
    def test_is_read_and_saved(self, client: FlaskClient, world: World) -> None:
        install_unasked(world)
        world.shops.facts = Shop(name="Ridge", currency="EUR")

        assert answer(client, about_the_shop()) == "answered"
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.shop == Shop(name="Ridge", currency="EUR")

    def test_that_does_not_answer_is_200_and_asked_again_later(
        self, client: FlaskClient, world: World
    ) -> None:
        install_unasked(world)
        world.shops.refusals["shop"] = UNANSWERED

        assert answer(client, about_the_shop()) == "no answer"
        assert world.services.tenants.due(Due.SHOP, now=NOW, limit=10) == []
        later = NOW + timedelta(seconds=30)
        assert world.services.tenants.due(Due.SHOP, now=later, limit=10) == [TENANT]

    @pytest.mark.parametrize("tenant_id", ["nobody", "", "../../etc", "\u0000"])
    def test_of_an_unknown_tenant_is_not_called(
        self, client: FlaskClient, world: World, tenant_id: str
    ) -> None:
        assert answer(client, about_the_shop(tenant_id)) == "not installed"
        assert world.shops.asked == []
        assert world.services.tenants.ids() == []

    def test_that_is_not_due_is_not_called_and_its_log_is_looked_after(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        world.receive(a_signal(an_order(kind=OrderKind.REFUND)))
        world.clock.advance(timedelta(days=91))
        world.install()
        assert answer(client, about_the_shop()) == "not due"
        assert world.shops.asked == []
        assert world.services.events.newest(TENANT, limit=10) == []

    def test_may_be_asked_for_with_an_event_that_is_null(
        self, client: FlaskClient, world: World
    ) -> None:
        install_unasked(world)
        world.shops.facts = Shop()
        body = json.dumps({"tenant_id": TENANT, "event_key": None}).encode()
        assert answer(client, body) == "answered"


class TestABody:
    @pytest.mark.parametrize(
        "body",
        [
            b"", b"{}", b"[]", b"null", b"\xff", b'{"tenant_id":7}', b'{"event_key":"key"}',
            b'{"tenant_id":"fictional-ridge-winery","event_key":7}',
            b'{"tenant_id":"fictional-ridge-winery","event_key":"key"',
            b'{"tenant_id":"\\ud800"}', b'{"x":' + b"[" * 60_000,
        ],
    )  # fmt: skip
    def test_that_is_malformed_is_not_repeated(
        self, client: FlaskClient, world: World, task: Task, body: bytes
    ) -> None:
        assert answer(client, body) == "malformed"
        assert (world.shops.asked, world.queue.tasks) == ([], [task])

    def test_of_a_newer_version_is_read(
        self, client: FlaskClient, world: World, task: Task
    ) -> None:
        newer = b'{"brand_new":{"a":[1]},'
        assert answer(client, task.body.replace(b"{", newer, 1)) == "decided"
        install_unasked(world)
        world.shops.facts = Shop()
        assert answer(client, about_the_shop().replace(b"{", newer, 1)) == "answered"

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.dictionaries(
            st.sampled_from(["tenant_id", "event_key", "role"]),
            st.none() | st.text(max_size=20) | st.just(TENANT) | st.lists(st.integers()),
        )
    )
    def test_of_any_shape_is_answered_200(
        self, client: FlaskClient, world: World, body: dict[str, object]
    ) -> None:
        world.install()
        assert call(client, json.dumps(body).encode()).status_code == 200


class TestACallerThatIsNotOurQueue:
    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 401),
            ({"Authorization": "Bearer forged"}, 401),
            ({"Authorization": f"Bearer {OneCaller.others_token}"}, 403),
        ],
    )
    def test_causes_no_lookup(
        self, client: FlaskClient, world: World, task: Task, headers: dict[str, str], status: int
    ) -> None:
        for body in (task.body, about_the_shop()):
            assert client.post(URL, data=body, headers=headers).status_code == status

        assert world.shops.asked == []
        assert world.row().status is Status.RECEIVED


def test_a_store_that_is_down_is_503(
    client: FlaskClient, task: Task, close_file: Callable[[], None]
) -> None:
    close_file()
    for body in (task.body, about_the_shop()):
        assert call(client, body).status_code == 503
