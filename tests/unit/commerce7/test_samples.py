"""Commerce7's webhooks in their documented and captured shapes, and the event of each."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.commerce7.payload import CustomerRecord, Payload, read_as
from service.commerce7.wire import parse_customer, parse_membership
from service.domain.events.event import ActionSource, CustomData, DataUse, Event, EventName
from service.domain.identity import hashed
from service.domain.records.record import EventRecord, Status
from service.domain.tenants.installation import InstallState
from service.domain.tenants.new_tenant import new_tenant
from service.ports import Refusal, ShopError
from service.usecases.intake.resolve_signal import Resolved
from service.usecases.sealing import unseal_event
from service.usecases.tenants.check_installation import check_installation
from tests.builders import NOW, TENANT
from tests.conftest import World
from tests.tenants import forget

SAMPLES = Path(__file__).parents[2] / "vectors" / "commerce7"
BASIC = ("sandbox", "sandbox")

APP_LOGIN = ("sandbox-app", "sandbox-secret")
# These have routes of their own; the webhooks' route ignores them.
LIFECYCLE = {"lifecycle_install.json", "lifecycle_uninstall.json"}
IGNORED = {"12_cart_update_guest_web.json", "edge_customer_bulk_update.json"}


def post(client: FlaskClient, name: str) -> Any:
    body = (SAMPLES / name).read_bytes()
    answer = client.post("/webhooks/commerce7", data=body, auth=BASIC)
    assert answer.status_code == 200
    return answer.json


def records(world: World) -> list[EventRecord]:
    return [each.record for each in world.services.events.newest(TENANT, limit=10)]


def know(world: World, membership: str, *, customer: str) -> None:
    """Give the fake platform the objects in these samples."""
    facts = [
        json.loads((SAMPLES / name).read_bytes())["payload"] for name in (membership, customer)
    ]
    member = parse_membership(read_as(Payload, facts[0]))
    person = parse_customer(read_as(CustomerRecord, facts[1]))
    world.shops.memberships[member.id] = member
    world.shops.customers[person.id] = person


def event_of(world: World, record: EventRecord) -> Event:
    return unseal_event(record.payload or "", tenant_id=TENANT, vault=world.services.vault)


@pytest.fixture(autouse=True)
def _installed(world: World) -> None:
    world.clock.now = NOW
    world.install()


class TestOrders:
    def test_01_a_web_order_is_a_purchase(self, client: FlaskClient, world: World) -> None:
        assert post(client, "01_order_create_web.json") == {"result": "recorded"}

        (record,) = records(world)
        event = event_of(world, record)
        assert record.status is Status.QUEUED
        assert event.event_id == "c7-order-f96898a9-e8aa-5196-9c25-4ee72397ae1e"
        assert event.custom.value is not None
        assert (event.custom.value.minor, event.custom.value.currency) == (11584, "USD")
        assert event.identity.ip == "8.8.4.25"
        assert (event.identity.user_agent or "").startswith("Mozilla/5.0 (Macintosh")
        assert event.action_source is ActionSource.WEBSITE
        assert event.data_use == DataUse(limited=True, country=1, state=1000, rule="address in CA")

    def test_02_a_colleagues_browser_is_nobodys(self, client: FlaskClient, world: World) -> None:
        post(client, "02_order_create_inbound_staff.json")

        event = event_of(world, records(world)[0])
        assert event.action_source is ActionSource.PHONE_CALL
        assert (event.identity.ip, event.identity.user_agent) == (None, None)

    def test_03_an_anonymous_sale_matches_nobody(self, client: FlaskClient, world: World) -> None:
        post(client, "03_order_create_pos_anonymous.json")

        (record,) = records(world)
        assert (record.status, record.reason) == (Status.SKIPPED, "no match keys")
        assert (record.payload, record.custom) == (None, None)
        assert world.queue.tasks == []

    def test_04_a_club_shipment_is_the_systems(self, client: FlaskClient, world: World) -> None:
        post(client, "04_order_create_club_shipment.json")

        event = event_of(world, records(world)[0])
        assert event.action_source is ActionSource.SYSTEM_GENERATED
        assert (event.identity.ip, event.identity.user_agent) == (None, None)
        assert event.identity.hashed_emails

    def test_05_and_07_later_updates_are_the_same_purchase(
        self, client: FlaskClient, world: World
    ) -> None:
        post(client, "01_order_create_web.json")
        before = records(world)

        for name in (
            "05_order_update_web_fulfilled.json",
            "07_order_update_root_after_refund.json",
        ):
            assert post(client, name) == {"result": "duplicate"}

        assert records(world) == before
        assert len(world.queue.tasks) == 1

    def test_06_a_refund_is_no_purchase(self, client: FlaskClient, world: World) -> None:
        post(client, "06_order_create_refund_child.json")

        (record,) = records(world)
        assert (record.status, record.reason) == (Status.SKIPPED, "refund")

    def test_never_speaks_of_the_ship_to(self, client: FlaskClient, world: World) -> None:
        webhook = json.loads((SAMPLES / "01_order_create_web.json").read_bytes())
        webhook["payload"]["shipTo"] |= {"firstName": "Robin", "city": "Rome", "phone": None}
        client.post("/webhooks/commerce7", json=webhook, auth=BASIC)

        everything = event_of(world, records(world)[0]).identity
        told = [getattr(everything, name) for name in everything.__struct_fields__]
        assert hashed("robin") not in str(told)
        assert hashed("rome") not in str(told)


class TestPeople:
    def test_08_a_new_customer_is_a_registration_once(
        self, client: FlaskClient, world: World
    ) -> None:
        answers = [post(client, "08_customer_create.json")["result"] for _ in range(2)]

        assert answers == ["recorded", "duplicate"]
        (record,) = records(world)
        event = event_of(world, record)
        assert (event.name, event.event_id) == (
            EventName.COMPLETE_REGISTRATION,
            "c7-customer-7cd4fb1e-7d71-5413-95b5-51c82ac086f3",
        )
        assert event.occurred_at == datetime(2026, 8, 4, 12, 0, 0, 101000, tzinfo=UTC)
        assert event.action_source is ActionSource.SYSTEM_GENERATED
        assert event.identity.hashed_emails == (hashed("robin.fixture@example.com"),)

    def test_08_leaves_the_customers_id_in_no_record(
        self, client: FlaskClient, world: World
    ) -> None:
        post(client, "08_customer_create.json")

        assert "7cd4fb1e" not in str(records(world))
        assert b"7cd4fb1e" not in world.file.read_bytes()

    def test_09_a_new_membership_is_looked_up_and_then_a_subscribe(
        self, client: FlaskClient, world: World
    ) -> None:
        assert post(client, "09_club_membership_create.json") == {"result": "recorded"}
        (record,) = records(world)
        assert (record.status, [task.path for task in world.queue.tasks]) == (
            Status.RECEIVED,
            ["/tasks/resolve"],
        )

        know(world, "09_club_membership_create.json", customer="08_customer_create.json")
        assert world.resolve(record.key) is Resolved.DECIDED

        (record,) = records(world)
        event = event_of(world, record)
        assert (record.status, event.name, event.event_id) == (
            Status.QUEUED,
            EventName.SUBSCRIBE,
            "c7-membership-f0dce6db-4502-5e8b-895c-5a214e182dd0",
        )
        assert event.occurred_at == datetime(2026, 8, 4, 12, 1, 30, 777000, tzinfo=UTC)
        assert event.custom == CustomData()
        assert event.identity.hashed_emails == (hashed("robin.fixture@example.com"),)
        assert event.identity.hashed_phones == (hashed("17075550104"),)
        assert event.data_use.state == 1000

    def test_10_its_end_is_a_cancellation_once(self, client: FlaskClient, world: World) -> None:
        name = "10_club_membership_update_cancelled.json"
        assert [post(client, name)["result"] for _ in range(2)] == ["recorded", "duplicate"]
        know(world, name, customer="08_customer_create.json")
        (record,) = records(world)
        world.resolve(record.key)

        event = event_of(world, records(world)[0])
        assert (event.name, event.event_id) == (
            EventName.CANCEL_MEMBERSHIP,
            "c7-cancel-f0dce6db-4502-5e8b-895c-5a214e182dd0",
        )
        assert event.occurred_at == NOW  # the membership ends in November, but is cancelled now
        assert event.identity.hashed_emails == (hashed("robin.fixture@example.com"),)

    def test_11_a_paid_visit_is_a_lead_without_value(
        self, client: FlaskClient, world: World
    ) -> None:
        name = "11_reservation_update_paid_web.json"
        assert [post(client, name)["result"] for _ in range(2)] == ["recorded", "duplicate"]

        (record,) = records(world)
        event = event_of(world, record)
        assert (event.name, event.event_id, event.action_source) == (
            EventName.LEAD,
            "c7-reservation-e79e66c0-870d-525a-8913-899703bac603",
            ActionSource.WEBSITE,
        )
        assert (record.object_number, record.channel) == ("3040", "Web")
        assert event.custom.value is None
        assert event.identity.ip == "8.8.4.77"
        assert event.occurred_at == datetime(2026, 8, 4, 20, 18, 30, 567000, tzinfo=UTC)


class TestLifecycle:
    def test_an_install_makes_a_tenant_and_keeps_what_it_has(
        self, client: FlaskClient, world: World
    ) -> None:
        forget(world.services.tenants, TENANT)
        body = (SAMPLES / "lifecycle_install.json").read_bytes()
        client.post("/auth/install", data=body, auth=APP_LOGIN)
        made = world.services.tenants.find(TENANT)
        assert made == new_tenant(TENANT, now=NOW)

        world.install()
        before = world.services.tenants.find(TENANT)
        client.post("/auth/install", data=body, auth=APP_LOGIN)
        assert world.services.tenants.find(TENANT) == before

    def test_an_uninstall_that_is_real_ends_it_however_often_it_is_told(
        self, client: FlaskClient, world: World
    ) -> None:
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        body = (SAMPLES / "lifecycle_uninstall.json").read_bytes()
        for _ in range(2):
            assert client.post("/auth/uninstall", data=body).status_code == 200
            check_installation(TENANT, now=NOW, services=world.services)

        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.installation.state is InstallState.REMOVED
        assert post(client, "01_order_create_web.json") == {"result": "ignored"}
        assert records(world) == []


class TestTheOthers:
    @pytest.mark.parametrize("name", sorted(IGNORED | LIFECYCLE))
    def test_are_answered_and_leave_nothing(
        self, client: FlaskClient, world: World, name: str
    ) -> None:
        assert post(client, name) == {"result": "ignored"}
        assert records(world) == []

    def test_none_is_forgotten(self) -> None:
        tests = [*dir(TestOrders), *dir(TestPeople)]
        tested = {name[5:7] for name in tests if name[5:7].isdigit()} | {"07"}
        listed = {
            entry["file"] for entry in json.loads((SAMPLES / "INDEX.json").read_bytes())["files"]
        }
        here = {path.name for path in SAMPLES.glob("*.json")} - {"INDEX.json"}

        assert here == listed
        assert {name for name in listed if name[:2] not in tested} == IGNORED | LIFECYCLE


def test_the_samples_times_are_within_metas_window() -> None:
    webhook = json.loads((SAMPLES / "01_order_create_web.json").read_bytes())
    paid_at = webhook["payload"]["orderPaidDate"]
    assert (NOW - timedelta(days=7)).isoformat() < paid_at < NOW.isoformat()
