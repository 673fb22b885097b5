from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from service.domain.alert_mail import Contact
from service.domain.installation import Installation, InstallState
from service.domain.notices import CLAIMED_FOR, REST, Notices
from service.domain.tenant import Role, TenantSettings
from service.ports import StoreUnavailableError, Tenants
from service.usecases.configure_tenant import configure_tenant
from service.usecases.tell_of_alerts import Told, tell_of_stuck
from tests.builders import (
    BAD_TOKEN,
    DOWN,
    PIXEL,
    POLICY,
    SLOW_DOWN,
    TENANT,
    TOKEN,
    a_membership,
    a_signal,
    an_order,
    some_settings,
    two_pixels,
)
from tests.builders import OLIVE as WHO
from tests.conftest import World
from tests.fakes import ListMailer

MINUTE = timedelta(minutes=1)
OLIVE = "olive@winery.example"


def chosen(**changes: Any) -> TenantSettings:
    return some_settings(alert_email=OLIVE, **changes)


@dataclass(frozen=True)
class Office(World):
    """A world in which e-mail can be sent."""

    mailer: ListMailer

    @property
    def subjects(self) -> list[str]:
        return [subject for _, subject, _ in self.mailer.mails]

    def lose_its_token(self, number: int = 1) -> None:
        """Send an order that Meta refuses for its token."""
        self.receive(a_signal(an_order(id=f"order-{number}")))
        self.meta.script = [BAD_TOKEN]
        self.run_tasks()

    def pass_time(self, minutes: int) -> None:
        """Let minutes pass, each with its sweep and its tasks."""
        for _ in range(minutes):
            self.clock.advance(MINUTE)
            self.sweep()
            self.run_tasks()


@pytest.fixture
def office(world: World) -> Office:
    mailer = ListMailer()
    services = replace(world.services, mailer=mailer)
    return Office(services, world.clock, world.queue, world.meta, world.shops, world.file, mailer)


class TestADeadToken:
    @pytest.fixture(autouse=True)
    def with_a_winery(self, office: Office) -> None:
        office.install(chosen())

    def test_is_written_of_once_while_it_lasts(self, office: Office) -> None:
        office.lose_its_token()
        assert office.subjects == [
            f"1Pixel: your primary Meta pixel needs a new access token ({TENANT})"
        ]
        for number in range(2, 5):
            office.lose_its_token(number)
        office.meta.script = [BAD_TOKEN] * 99
        office.pass_time(180)
        assert len(office.mailer.mails) == 1

    def test_is_written_of_again_when_it_comes_back_another_day(self, office: Office) -> None:
        office.lose_its_token()
        office.clock.advance(MINUTE)
        office.install(chosen())
        office.run_tasks()
        assert (office.row().status, len(office.mailer.mails)) == ("sent", 1)
        office.clock.advance(timedelta(days=1))
        office.lose_its_token(2)
        assert len(office.mailer.mails) == 2

    def test_that_comes_and_goes_is_not_written_of_all_the_time(self, office: Office) -> None:
        for number in range(5):
            office.lose_its_token(number)
            office.clock.advance(MINUTE)
            office.install(chosen())
            office.run_tasks()
            office.clock.advance(10 * MINUTE)
        assert len(office.mailer.mails) == 1
        office.lose_its_token(9)
        assert len(office.mailer.mails) == 1
        office.meta.script = [BAD_TOKEN] * 99
        office.pass_time(int(REST / MINUTE))
        assert len(office.mailer.mails) == 2

    def test_of_each_pixel_has_its_own_mail(self, office: Office) -> None:
        office.install(chosen(pixels=two_pixels()))
        office.receive(a_signal(an_order()))
        office.meta.script = [BAD_TOKEN] * 2
        office.run_tasks()
        assert sorted(subject.split()[2] for subject in office.subjects) == [
            "primary", "secondary",
        ]  # fmt: skip

    def test_is_written_of_in_words_without_a_secret_or_a_customer(self, office: Office) -> None:
        office.lose_its_token()
        ((to, _, text),) = office.mailer.mails
        assert to == OLIVE
        for said in (
            f"Winery: {TENANT}", f"Pixel: {PIXEL} (primary)", "Since: 2026-08-05 00:00 UTC",
            "Meta refused the access token", "https://admin.example", "help@example.com",
            "Generate access token", "Configuration",
        ):  # fmt: skip
            assert said in text
        for secret in (TOKEN, "order-1", "2101", "Casey", "example.com/", "115.84"):
            assert secret not in text

    def test_is_not_written_of_where_meta_is_slow_or_down(self, office: Office) -> None:
        office.receive(a_signal(an_order()))
        office.meta.script = [SLOW_DOWN, *[DOWN] * 9]
        office.pass_time(30)
        assert office.mailer.tries == 0


class TestACurrency:
    @pytest.fixture(autouse=True)
    def with_a_winery(self, office: Office) -> None:
        office.install(chosen(currency=None))

    def test_that_purchases_wait_for_is_written_of_once(self, office: Office) -> None:
        for number in range(3):
            office.receive(a_signal(an_order(id=f"order-{number}")))
            office.run_tasks()
            office.clock.advance(5 * MINUTE)
        assert office.subjects == [f"1Pixel: purchases wait until you choose a currency ({TENANT})"]
        assert "Since: 2026-08-05 00:00 UTC" in office.mailer.mails[0][2]

    def test_is_asked_for_once_by_many_that_come_at_once(self, office: Office) -> None:
        for number in range(9):
            office.receive(a_signal(an_order(id=f"order-{number}")))
        assert len(office.queue.tasks) == 1

    def test_whose_task_was_lost_is_written_of_when_the_event_looks_for_itself(
        self, office: Office
    ) -> None:
        office.queue.is_down = True
        office.receive(a_signal(an_order()))
        office.queue.is_down = False
        office.pass_time(5)
        assert office.mailer.mails == []
        office.clock.advance(POLICY.look_again_every)
        office.pass_time(2)
        assert (office.row().status, len(office.mailer.mails)) == ("held", 1)

    def test_is_no_matter_to_what_needs_none(self, office: Office) -> None:
        office.shops.memberships["membership"] = a_membership()
        office.receive(a_signal(a_membership()))
        office.run_tasks()
        assert office.mailer.tries == 0

    def test_that_is_chosen_ends_it(self, office: Office) -> None:
        office.receive(a_signal(an_order()))
        office.run_tasks()
        office.install(chosen())
        office.run_tasks()
        tenant = office.services.tenants.find(TENANT)
        assert tenant is not None
        assert (tenant.notices.since("currency"), tenant.notices.look_at) == (None, None)


class TestWhatIsStuck:
    @pytest.fixture(autouse=True)
    def with_an_order(self, office: Office) -> None:
        office.install(chosen())
        office.receive(a_signal(an_order()))
        office.queue.tasks.clear()

    def tell(self, office: Office, *tenant_ids: str, most: int = 9) -> dict[str, Told]:
        return tell_of_stuck(
            tenant_ids or (TENANT,),
            most=most,
            now=office.clock(),
            contact=lambda name: Contact(admin_url=f"https://{name}", support_email=""),
            services=office.services,
        )

    def test_is_written_of_once_and_without_the_queue(self, office: Office) -> None:
        office.clock.advance(POLICY.stuck_after)
        office.queue.is_down = True
        assert self.tell(office) == {TENANT: Told(sent=("stuck",))}
        assert self.tell(office) == {}
        assert office.subjects == [f"1Pixel: events are late ({TENANT})"]

    def test_is_known_to_be_over_without_anybody_saying_so(self, office: Office) -> None:
        office.clock.advance(POLICY.stuck_after)
        self.tell(office)
        office.sweep()
        office.run_tasks()
        assert office.row().status == "sent"
        office.pass_time(61)
        office.clock.advance(REST)
        office.receive(a_signal(an_order(id="another")))
        office.queue.tasks.clear()
        office.clock.advance(POLICY.stuck_after)
        assert self.tell(office) == {TENANT: Told(sent=("stuck",))}

    def test_is_written_of_to_no_more_than_so_many(self, office: Office) -> None:
        for name in ("a-winery", "b-winery"):
            office.install(chosen(), tenant_id=name)
            office.receive(a_signal(an_order()), tenant_id=name)
        office.clock.advance(POLICY.stuck_after)
        names = ("a-winery", "b-winery", TENANT)
        assert set(self.tell(office, *names, most=2)) == {"a-winery", "b-winery"}
        assert set(self.tell(office, *names, most=2)) == {TENANT}

    def test_waits_for_no_server_twice_that_takes_no_mail(self, office: Office) -> None:
        office.install(chosen(), tenant_id="a-winery")
        office.receive(a_signal(an_order()), tenant_id="a-winery")
        office.clock.advance(POLICY.stuck_after)
        office.mailer.is_shut = True
        assert list(self.tell(office, "a-winery", TENANT)) == ["a-winery"]
        assert office.mailer.tries == 1


class TestAServerThatTakesNoMail:
    def test_is_asked_again_until_it_does(self, office: Office) -> None:
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

    def test_is_told_of_with_its_reason_and_the_alert(self, office: Office) -> None:
        office.install(chosen(pixels=two_pixels()))
        office.mailer.is_shut = True
        office.receive(a_signal(an_order()))
        office.meta.script = [BAD_TOKEN] * 2
        for role in Role:
            office.send(office.row(), role)
        told = office.tell()
        assert told == Told(
            failed=("token-primary", "token-secondary"), cause="ConnectionRefusedError"
        )
        assert office.mailer.tries == 1


class Losing:
    """A store that loses what is written of a mail that was sent."""

    def __init__(self, tenants: Tenants, mailer: ListMailer) -> None:
        self._tenants, self._mailer = tenants, mailer

    def replace_notices(self, *args: Any, **kwargs: Any) -> bool:
        if self._mailer.mails:
            raise StoreUnavailableError("the store did not answer")
        return self._tenants.replace_notices(*args, **kwargs)

    def __getattr__(self, name: str) -> object:
        return getattr(self._tenants, name)


class TestTwoThatLook:
    @pytest.fixture(autouse=True)
    def with_a_dead_token(self, office: Office) -> None:
        office.install(chosen())
        record = office.receive(a_signal(an_order())).record
        assert record is not None
        office.meta.script = [BAD_TOKEN]
        office.send(record)

    def test_at_once_send_one(self, office: Office) -> None:
        def look_too() -> None:
            office.mailer.meanwhile = lambda: None
            assert office.tell() == Told()

        office.mailer.meanwhile = look_too
        assert office.tell().sent == ("token-primary",)
        assert len(office.mailer.mails) == 1

    def test_with_the_same_knowledge_send_one(self, office: Office) -> None:
        office_tell: Callable[[], Told] = office.tell

        class Overtaken:
            """A store in which somebody else looks between our reading and our writing."""

            def __init__(self, tenants: Tenants) -> None:
                self._tenants, self.is_first = tenants, True

            def replace_notices(self, *args: Any, **kwargs: Any) -> bool:
                if self.is_first:
                    self.is_first = False
                    assert office_tell().sent == ("token-primary",)
                return self._tenants.replace_notices(*args, **kwargs)

            def __getattr__(self, name: str) -> object:
                return getattr(self._tenants, name)

        tenants = cast("Tenants", Overtaken(office.services.tenants))
        slow = replace(office, services=replace(office.services, tenants=tenants))
        assert slow.tell() == Told()
        assert len(office.mailer.mails) == 1

    def test_after_another_have_nothing_to_do(self, office: Office) -> None:
        assert [office.tell().sent for _ in range(3)] == [("token-primary",), (), ()]

    def test_where_one_dies_send_it_once_the_claim_is_over(self, office: Office) -> None:
        def die() -> None:
            raise KeyboardInterrupt

        office.mailer.meanwhile = die
        with pytest.raises(KeyboardInterrupt):
            office.tell()
        office.mailer.meanwhile = lambda: None
        assert office.tell() == Told()
        office.queue.tasks.clear()
        office.clock.advance(CLAIMED_FOR)
        office.sweep()
        office.run_tasks()
        assert len(office.mailer.mails) == 1

    def test_where_the_store_forgets_send_it_again_rather_than_never(self, office: Office) -> None:
        tenants = cast("Tenants", Losing(office.services.tenants, office.mailer))
        with pytest.raises(StoreUnavailableError):
            replace(office, services=replace(office.services, tenants=tenants)).tell()
        assert office.tell() == Told()
        office.clock.advance(CLAIMED_FOR)
        assert office.tell().sent == ("token-primary",)


class TestNobody:
    """Is told anything."""

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
        assert (office.tell(), self.notices(office)) == (Told(), Notices())

    def test_where_no_mail_can_be_sent(self, world: World) -> None:
        world.install(chosen())
        world.receive(a_signal(an_order()))
        world.meta.script = [BAD_TOKEN]
        world.send(world.row())
        assert [task.path for task in world.queue.tasks] == ["/tasks/send"]
        assert world.tell() == Told()

    def test_of_a_winery_that_left(self, office: Office) -> None:
        office.install(chosen())
        office.lose_its_token()
        removed = Installation(state=InstallState.REMOVED)
        office.services.tenants.save_installation(TENANT, removed)
        office.clock.advance(REST)
        assert (office.tell(), self.notices(office)) == (Told(), Notices())

    def test_until_an_address_is_set(self, office: Office) -> None:
        office.install(some_settings())
        office.lose_its_token()
        assert office.mailer.tries == 0
        office.clock.advance(MINUTE)
        configure_tenant(TENANT, chosen(), tokens={}, by=WHO, services=office.services)
        office.meta.script = [BAD_TOKEN] * 9
        office.run_tasks()
        assert len(office.mailer.mails) == 1
