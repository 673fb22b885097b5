from datetime import timedelta

import pytest

from service.domain.mail.mail import Contact
from service.domain.tenants.notices import REST
from service.usecases.alerts.notify import Notified, notify_stuck
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
    two_pixels,
)
from tests.conftest import World
from tests.unit.usecases.office import ADDRESS, MINUTE, Office, an_office, chosen


@pytest.fixture
def office(world: World) -> Office:
    return an_office(world)


class TestADeadToken:
    @pytest.fixture(autouse=True)
    def with_a_winery(self, office: Office) -> None:
        office.install(chosen())

    def test_is_mailed_once_while_it_lasts(self, office: Office) -> None:
        office.lose_its_token()
        assert office.subjects == [
            f"1Pixel: your primary Meta pixel needs a new access token ({TENANT})"
        ]
        for number in range(2, 5):
            office.lose_its_token(number)
        office.meta.script = [BAD_TOKEN] * 99
        office.pass_time(180)
        assert len(office.mailer.mails) == 1

    def test_is_mailed_again_when_it_comes_back_another_day(self, office: Office) -> None:
        office.lose_its_token()
        office.clock.advance(MINUTE)
        office.install(chosen())
        office.run_tasks()
        assert (office.row().status, len(office.mailer.mails)) == ("sent", 1)
        office.clock.advance(timedelta(days=1))
        office.lose_its_token(2)
        assert len(office.mailer.mails) == 2

    def test_that_comes_and_goes_is_not_mailed_every_time(self, office: Office) -> None:
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

    def test_is_mailed_without_secrets_or_customer_data(self, office: Office) -> None:
        office.lose_its_token()
        ((to, _, text),) = office.mailer.mails
        assert to == ADDRESS
        for said in (
            f"Winery: {TENANT}", f"Pixel: {PIXEL} (primary)", "Since: Aug 5, 2026, 12:00 AM UTC",
            "Meta refused the access token", "https://admin.example", "help@example.com",
            "Generate access token", "Configuration",
        ):  # fmt: skip
            assert said in text
        for secret in (TOKEN, "order-1", "2101", "Casey", "example.com/", "115.84"):
            assert secret not in text

    def test_is_not_mailed_where_meta_is_slow_or_down(self, office: Office) -> None:
        office.receive(a_signal(an_order()))
        office.meta.script = [SLOW_DOWN, *[DOWN] * 9]
        office.pass_time(30)
        assert office.mailer.tries == 0


class TestACurrency:
    @pytest.fixture(autouse=True)
    def with_a_winery(self, office: Office) -> None:
        office.install(chosen(currency=None))

    def test_that_purchases_wait_for_is_mailed_once(self, office: Office) -> None:
        for number in range(3):
            office.receive(a_signal(an_order(id=f"order-{number}")))
            office.run_tasks()
            office.clock.advance(5 * MINUTE)
        assert office.subjects == [
            f"1Pixel: events are on hold until you choose a currency ({TENANT})"
        ]
        assert "Since: Aug 5, 2026, 12:00 AM UTC" in office.mailer.mails[0][2]

    def test_that_an_order_waits_for_after_its_look_up_is_mailed(self, office: Office) -> None:
        office.shops.orders[an_order().id] = an_order()
        office.receive(a_signal(an_order()), is_trusted=False)
        assert office.mailer.tries == 0
        office.run_tasks()
        assert (office.row().status, len(office.mailer.mails)) == ("held", 1)

    def test_makes_one_task_for_many_events_at_once(self, office: Office) -> None:
        for number in range(9):
            office.receive(a_signal(an_order(id=f"order-{number}")))
        assert len(office.queue.tasks) == 1

    def test_whose_task_was_lost_is_mailed_after_the_next_recheck(self, office: Office) -> None:
        office.queue.is_down = True
        office.receive(a_signal(an_order()))
        office.queue.is_down = False
        assert office.mailer.mails == []
        office.clock.advance(POLICY.slow_retry_every)
        office.pass_time(2)
        assert (office.row().status, len(office.mailer.mails)) == ("held", 1)

    def test_does_not_matter_to_events_without_a_value(self, office: Office) -> None:
        office.shops.memberships["membership"] = a_membership()
        office.receive(a_signal(a_membership()))
        office.run_tasks()
        assert office.mailer.tries == 0

    def test_that_is_chosen_ends_the_alert(self, office: Office) -> None:
        office.receive(a_signal(an_order()))
        office.run_tasks()
        office.install(chosen())
        office.run_tasks()
        tenant = office.services.tenants.find(TENANT)
        assert tenant is not None
        assert (tenant.notices.since("currency"), tenant.notices.look_at) == (None, None)


class TestStuckEvents:
    @pytest.fixture(autouse=True)
    def with_an_order(self, office: Office) -> None:
        office.install(chosen())
        office.receive(a_signal(an_order()))
        office.queue.tasks.clear()

    def tell(self, office: Office, *tenant_ids: str, most: int = 9) -> dict[str, Notified]:
        return notify_stuck(
            tenant_ids or (TENANT,),
            most=most,
            now=office.clock(),
            contact=lambda name: Contact(admin_url=f"https://{name}", support_email=""),
            services=office.services,
        )

    def test_is_mailed_once_and_without_the_queue(self, office: Office) -> None:
        office.clock.advance(POLICY.stuck_after)
        office.queue.is_down = True
        assert self.tell(office) == {TENANT: Notified(sent=("stuck",))}
        assert self.tell(office) == {}
        assert office.subjects == [f"1Pixel: events are late ({TENANT})"]

    def test_ends_without_a_task_of_its_own(self, office: Office) -> None:
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
        assert self.tell(office) == {TENANT: Notified(sent=("stuck",))}

    def test_is_mailed_to_at_most_so_many(self, office: Office) -> None:
        for name in ("a-winery", "b-winery"):
            office.install(chosen(), tenant_id=name)
            office.receive(a_signal(an_order()), tenant_id=name)
        office.clock.advance(POLICY.stuck_after)
        names = ("a-winery", "b-winery", TENANT)
        assert set(self.tell(office, *names, most=2)) == {"a-winery", "b-winery"}
        assert set(self.tell(office, *names, most=2)) == {TENANT}

    def test_stops_at_the_first_mail_that_fails(self, office: Office) -> None:
        office.install(chosen(), tenant_id="a-winery")
        office.receive(a_signal(an_order()), tenant_id="a-winery")
        office.clock.advance(POLICY.stuck_after)
        office.mailer.is_shut = True
        assert list(self.tell(office, "a-winery", TENANT)) == ["a-winery"]
        assert office.mailer.tries == 1
