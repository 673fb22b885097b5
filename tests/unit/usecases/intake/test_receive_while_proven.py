"""Signals of a winery whose install Commerce7 has still to confirm."""

from datetime import timedelta

import pytest

from service.domain.delivery.delivery import DeliveryStatus, Wait
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Payment
from service.domain.shop.public_settings import Shop
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import NEVER, Pixels, Role, TenantSettings
from service.ports import Refusal, ShopError
from service.usecases.intake.receive_signal import MOST_UNPROVEN, Receipt
from service.usecases.task_bodies import ReadShop, parse_task
from service.usecases.tenants.check_installation import check_installation
from service.usecases.tenants.read_shop import ShopRead, read_shop
from service.usecases.tenants.record_install import record_install, record_uninstall
from tests.builders import (
    CUSTOMER_ID,
    NOW,
    OLIVE,
    TENANT,
    a_delivery,
    a_membership,
    a_record,
    a_registration,
    a_signal,
    a_waiting_record,
    an_order,
    some_settings,
)
from tests.conftest import GRACE, World
from tests.tenants import put

UNSURE = [Refusal.NO_ANSWER, Refusal.TOO_OFTEN]
FACTS = Shop(currency="EUR", timezone="Europe/Rome", domain="shop.example.com")


def begin(world: World, settings: TenantSettings | None = None) -> None:
    """Record an install that Commerce7 does not confirm yet, of a winery with these settings."""
    world.shops.refusals["check_access"] = ShopError(Refusal.NO_ANSWER)
    record_install(TENANT, is_proven=False, now=world.clock(), services=world.services)
    check(world)
    before = world.services.tenants.find(TENANT)
    assert before is not None
    world.install(settings)
    put(world.services.tenants, TENANT, installation=before.installation, shop_due_at=NEVER)
    world.queue.tasks.clear()


def check(world: World) -> None:
    check_installation(TENANT, now=world.clock(), services=world.services)


def prove(world: World) -> None:
    """Let Commerce7 confirm the install at the next check."""
    known = world.services.tenants.find(TENANT)
    assert known is not None
    assert known.installation.check_at is not None
    world.clock.now = known.installation.check_at + timedelta(seconds=1)
    world.shops.refusals.pop("check_access", None)
    check(world)


def a_kept_order(world: World) -> EventRecord:
    received = world.receive(a_signal(an_order()))
    assert (received.receipt, received.record) == (Receipt.RECORDED, world.row())
    world.run_tasks()
    return world.row()


class TestASaleBeforeTheProof:
    def test_waits_and_is_sent_once_after_it(self, world: World) -> None:
        begin(world)
        record = a_kept_order(world)
        (delivery,) = record.deliveries.values()
        assert (record.status, delivery.waits_for) == (Status.HELD, Wait.INSTALLATION)
        assert delivery.reason is Reason.INSTALL_UNCONFIRMED
        assert world.receive(a_signal(an_order())).receipt is Receipt.DUPLICATE

        prove(world)
        world.run_tasks()
        assert (world.row().status, len(world.meta.sent)) == (Status.SENT, 1)

    @pytest.mark.parametrize("refusal", UNSURE)
    def test_waits_whatever_commerce7_says_meanwhile(self, world: World, refusal: Refusal) -> None:
        begin(world)
        world.shops.refusals["check_access"] = ShopError(refusal)
        a_kept_order(world)
        for _ in range(3):
            world.clock.advance(timedelta(minutes=5))
            check(world)
            world.sweep()
            world.run_tasks()
        assert (world.row().status, world.meta.sent) == (Status.HELD, [])
        prove(world)
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_waits_for_the_second_answer_if_the_first_is_no(self, world: World) -> None:
        begin(world)
        a_kept_order(world)
        world.clock.advance(timedelta(minutes=1))
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        check(world)
        assert world.row().status is Status.HELD
        prove(world)
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_waits_for_its_shop_too(self, world: World) -> None:
        begin(world, some_settings(currency=None, shop_domains=()))
        a_kept_order(world)
        prove(world)
        world.shops.facts = FACTS
        result = read_shop(TENANT, now=world.clock(), services=world.services)
        assert result is ShopRead.ANSWERED
        world.run_tasks()
        ((event, _, _),) = world.meta.sent
        assert event.source_url == "https://shop.example.com/"
        assert event.custom.value is not None
        assert event.custom.value.currency == "EUR"

    def test_that_is_not_paid_yet_becomes_one_later(self, world: World) -> None:
        begin(world)
        unpaid = an_order(payment=Payment.OPEN, paid_at=None)
        assert world.receive(a_signal(unpaid)).receipt is Receipt.RECORDED
        prove(world)
        world.receive(a_signal(an_order()))
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_of_a_person_known_by_id_is_looked_up_once_we_may(self, world: World) -> None:
        begin(world)
        world.shops.refusals["membership"] = ShopError(Refusal.NOT_ALLOWED)
        world.receive(a_signal(a_membership()))
        world.run_task(world.queue.tasks.pop())
        assert world.row().is_trusted
        prove(world)
        world.shops.refusals.clear()
        world.shops.memberships["f0dce6db-4502"] = a_membership()
        world.shops.customers[CUSTOMER_ID] = a_registration()
        world.shops.books[CUSTOMER_ID] = {}
        world.run_tasks()
        assert world.row().status is Status.SENT

    def test_is_not_set_up_without_a_pixel(self, world: World) -> None:
        begin(world, some_settings(pixels=Pixels()))
        record = a_kept_order(world)
        assert (record.status, record.reason) == (Status.SKIPPED, Reason.NOT_SET_UP)

    def test_is_not_kept_if_its_webhook_is_unproven(self, world: World) -> None:
        begin(world)
        received = world.receive(a_signal(an_order()), is_trusted=False)
        assert received.receipt is Receipt.UNKNOWN_TENANT
        assert world.services.events.newest(TENANT, limit=1) == []


class TestAWineryThatComesBack:
    def test_has_its_sales_kept_from_the_install_call_on(self, world: World) -> None:
        world.install()
        record_uninstall(TENANT, now=NOW, services=world.services)
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        check(world)
        assert world.receive(a_signal(an_order())).receipt is Receipt.UNKNOWN_TENANT
        record_install(TENANT, is_proven=False, now=world.clock(), services=world.services)
        assert a_kept_order(world).status is Status.HELD
        prove(world)
        world.install()
        world.run_tasks()
        assert world.row().status is Status.SENT


class TestAnInstallThatIsNeverProven:
    def test_has_what_was_kept_deleted_with_the_winery(self, world: World) -> None:
        begin(world)
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        record = a_kept_order(world)
        world.clock.advance(GRACE)
        for _ in range(2):
            check(world)
        assert world.services.tenants.find(TENANT) is None
        lock = world.services.events.find(TENANT, record.key)
        assert lock is None or (lock.record.cleared, lock.record.payload) == (True, None)
        assert world.services.events.newest(TENANT, limit=1) == []

    def test_cannot_fill_the_store(self, world: World) -> None:
        begin(world)
        for number in range(MOST_UNPROVEN - 1):
            assert world.services.events.add(a_waiting_record(key=str(number)))
        receipts = [
            world.receive(a_signal(an_order(id=f"order-{number}"))).receipt for number in range(2)
        ]
        assert receipts == [Receipt.RECORDED, Receipt.TOO_MANY]
        prove(world)
        assert world.receive(a_signal(an_order(id="order-2"))).receipt is Receipt.RECORDED

    def test_counts_no_finished_rows_of_an_earlier_installation(self, world: World) -> None:
        world.install()
        back = Installation(state=InstallState.REMOVED, check_at=NOW, purge_at=NOW + GRACE)
        put(world.services.tenants, TENANT, installation=back)
        finished = a_delivery(status=DeliveryStatus.SENT, due_at=None)
        for number in range(MOST_UNPROVEN):
            record = a_record(key=str(number), deliveries={Role.PRIMARY: finished})
            assert world.services.events.add(record)
        assert world.receive(a_signal(an_order())).receipt is Receipt.RECORDED


class TestTheShop:
    def test_is_asked_the_moment_the_install_is_proven_and_not_before(self, world: World) -> None:
        begin(world)
        for _ in range(2):
            read_shop(TENANT, now=world.clock(), services=world.services)
            world.clock.advance(timedelta(minutes=1))
            world.sweep()
        world.queue.tasks.clear()
        assert ("shop", TENANT) not in world.shops.asked

        prove(world)
        asked = [parse_task(task.body) for task in world.queue.tasks]
        assert ReadShop(tenant_id=TENANT) in asked
        world.shops.facts = FACTS
        result = read_shop(TENANT, now=world.clock(), services=world.services)
        assert result is ShopRead.ANSWERED

    def test_is_asked_at_once_when_the_staff_open_the_dashboard_first(self, world: World) -> None:
        begin(world)
        read_shop(TENANT, now=world.clock(), services=world.services)
        world.shops.staff[TENANT, "token"] = OLIVE
        prove(world)
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.shop_due_at == world.clock()
