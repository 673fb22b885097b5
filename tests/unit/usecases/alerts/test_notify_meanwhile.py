from typing import cast

import pytest

from service.domain.copies import replace
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.notices import CLAIMED_FOR, REST, Notices
from service.domain.tenants.tenant import Role
from service.ports import Change, StoreUnavailableError, Tenants, Updated
from service.usecases.alerts.notify import Notified
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.builders import (
    BAD_TOKEN,
    OLIVE,
    TENANT,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.conftest import World
from tests.fakes import ListMailer
from tests.tenants import forget, save_installation
from tests.unit.usecases.interruptions import preceded
from tests.unit.usecases.office import MINUTE, Office, an_office, chosen


@pytest.fixture
def office(world: World) -> Office:
    return an_office(world)


class TestAMailServerThatIsDown:
    def test_is_tried_again_until_it_works(self, office: Office) -> None:
        office.install(chosen())
        office.mailer.is_shut = True
        office.lose_its_token()
        assert office.mailer.tries == 1
        office.meta.script = [BAD_TOKEN] * 99
        office.pass_time(75)
        assert (office.mailer.tries, office.mailer.mails) == (4, [])
        office.mailer.is_shut = False
        office.pass_time(80)
        assert len(office.mailer.mails) == 1
        office.pass_time(180)
        assert office.mailer.tries == 5

    def test_is_reported_with_its_reason_and_the_alert(self, office: Office) -> None:
        office.install(chosen(pixels=two_pixels()))
        office.mailer.is_shut = True
        office.receive(a_signal(an_order()))
        office.meta.script = [BAD_TOKEN] * 2
        for role in Role:
            office.send(office.row(), role)
        notified = office.tell()
        assert notified == Notified(
            failed=("token-primary", "token-secondary"), cause="ConnectionRefusedError"
        )
        assert office.mailer.tries == 1


class Losing:
    """A store that fails to record a mail that was sent."""

    def __init__(self, tenants: Tenants, mailer: ListMailer) -> None:
        self._tenants, self._mailer = tenants, mailer

    def update(self, tenant_id: str, change: Change) -> Updated:
        if self._mailer.mails:
            raise StoreUnavailableError("the store did not answer")
        return self._tenants.update(tenant_id, change)

    def __getattr__(self, name: str) -> object:
        return getattr(self._tenants, name)


class TestTwoChecks:
    @pytest.fixture(autouse=True)
    def with_a_dead_token(self, office: Office) -> None:
        office.install(chosen())
        record = office.receive(a_signal(an_order())).record
        assert record is not None
        office.meta.script = [BAD_TOKEN]
        office.send(record)

    def test_at_once_send_one(self, office: Office) -> None:
        def check_too() -> None:
            office.mailer.meanwhile = lambda: None
            assert office.tell() == Notified()

        office.mailer.meanwhile = check_too
        assert office.tell().sent == ("token-primary",)
        assert len(office.mailer.mails) == 1

    def test_that_have_read_the_same_state_send_one(self, office: Office) -> None:
        def check_too() -> None:
            assert office.tell().sent == ("token-primary",)

        tenants = preceded(office.services.tenants, "update", by=check_too)
        slow = replace(office, services=replace(office.services, tenants=tenants))
        assert slow.tell() == Notified()
        assert len(office.mailer.mails) == 1

    def test_after_another_have_nothing_to_do(self, office: Office) -> None:
        assert [office.tell().sent for _ in range(3)] == [("token-primary",), (), ()]

    def test_of_which_one_dies_send_it_once_its_lease_is_over(self, office: Office) -> None:
        def die() -> None:
            raise KeyboardInterrupt

        office.mailer.meanwhile = die
        with pytest.raises(KeyboardInterrupt):
            office.tell()
        office.mailer.meanwhile = lambda: None
        assert office.tell() == Notified()
        office.queue.tasks.clear()
        office.clock.advance(CLAIMED_FOR)
        office.sweep()
        office.run_tasks()
        assert len(office.mailer.mails) == 1

    def test_send_it_again_if_it_could_not_be_recorded(self, office: Office) -> None:
        tenants = cast("Tenants", Losing(office.services.tenants, office.mailer))
        with pytest.raises(StoreUnavailableError):
            replace(office, services=replace(office.services, tenants=tenants)).tell()
        assert office.tell() == Notified()
        office.clock.advance(CLAIMED_FOR)
        assert office.tell().sent == ("token-primary",)


class TestNoMailIsSent:
    """Cases in which the merchant is not notified."""

    def notices(self, office: Office) -> Notices:
        tenant = office.services.tenants.find(TENANT)
        assert tenant is not None
        return tenant.notices

    def test_where_no_address_is_set_and_no_task_is_made(self, office: Office) -> None:
        office.install(some_settings())
        office.receive(a_signal(an_order()))
        office.queue.tasks.clear()
        office.meta.script = [BAD_TOKEN]
        office.send(office.row())
        assert office.queue.tasks == []
        assert (office.tell(), self.notices(office)) == (Notified(), Notices())

    def test_where_no_mail_can_be_sent(self, world: World) -> None:
        world.install(chosen())
        world.receive(a_signal(an_order()))
        world.meta.script = [BAD_TOKEN]
        world.send(world.row())
        assert [task.path for task in world.queue.tasks] == ["/tasks/send"]
        assert world.tell() == Notified()

    def test_of_a_winery_that_left(self, office: Office) -> None:
        office.install(chosen())
        office.lose_its_token()
        removed = Installation(state=InstallState.REMOVED)
        save_installation(office.services.tenants, TENANT, removed)
        office.clock.advance(REST)
        assert (office.tell(), self.notices(office)) == (Notified(), Notices())

    def test_of_a_winery_that_is_erased_meanwhile(self, office: Office) -> None:
        office.install(chosen())
        office.receive(a_signal(an_order()))
        office.meta.script = [BAD_TOKEN]
        office.send(office.row())
        known = office.services.tenants
        tenants = preceded(known, "update", by=lambda: forget(known, TENANT))
        late = replace(office, services=replace(office.services, tenants=tenants))
        assert (late.tell(), office.mailer.tries, known.ids()) == (Notified(), 0, [])

    def test_until_an_address_is_set(self, office: Office) -> None:
        office.install(some_settings())
        office.lose_its_token()
        assert office.mailer.tries == 0
        office.clock.advance(MINUTE)
        configure_tenant(TENANT, chosen(), tokens={}, by=OLIVE, services=office.services)
        office.meta.script = [BAD_TOKEN] * 9
        office.run_tasks()
        assert len(office.mailer.mails) == 1
