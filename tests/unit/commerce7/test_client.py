"""The client against a Commerce7 that drops connections, refuses and stalls."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from service.commerce7.client import Commerce7Shops
from service.infra.logs import JsonLines
from service.ports import Refusal
from tests.builders import TENANT
from tests.unit.commerce7.platform import RESET, Platform, a_platform, refusal

Shops = Callable[..., Commerce7Shops]


class TestAnObject:
    def test_is_asked_for_with_our_login_and_the_winerys_name(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1", "orderNumber": 7}) as platform:
            order = shops(platform).order(TENANT, "1")

        assert (order.id, order.number) == ("1", "7")
        ((path, headers),) = platform.calls
        assert path == "/v1/order/1"
        assert headers["authorization"] == f"Basic {b64encode(b'app:secret').decode()}"
        assert headers["tenant"] == TENANT

    def test_is_one_of_four_kinds(self, shops: Shops) -> None:
        with a_platform(
            **{
                "club-membership__m": {"id": "m", "status": "Active", "customerId": "c"},
                "reservation__r": {"id": "r", "status": "Paid"},
                "customer__c": {"id": "c", "emails": [{"email": "casey@example.com"}]},
            }
        ) as platform:
            asked = shops(platform)
            assert asked.membership(TENANT, "m").person.customer.id == "c"
            assert asked.reservation(TENANT, "r").id == "r"
            customer = asked.customer(TENANT, "c").person.customer
        assert customer.emails == ("casey@example.com",)

    def test_of_another_id_is_no_answer(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "2"}) as platform:
            error = refusal(lambda: shops(platform).order(TENANT, "1"))
        assert error.refusal is Refusal.NO_ANSWER

    def test_has_an_id_that_stays_within_its_path(self, shops: Shops) -> None:
        with a_platform() as platform:
            asked = shops(platform)
            for stray in ("../order/1?x=#", "..", ".", "a/b", ""):
                assert refusal(partial(asked.customer, TENANT, stray)).refusal is Refusal.NOT_FOUND
                assert refusal(partial(asked.addresses, TENANT, stray)).refusal is Refusal.NOT_FOUND
        assert platform.calls == []

    def test_may_be_an_address_book(self, shops: Shops) -> None:
        book = {"customerAddresses": [{"id": "A", "city": "Home"}, {"id": "b"}], "total": 2}
        with a_platform(customer__c__address=book) as platform:
            entries = shops(platform).addresses(TENANT, "c")
        assert (list(entries), entries["a"].city) == (["a", "b"], "Home")


class TestTheShop:
    def test_is_asked_without_any_login(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["setting/for-web?version=V2"] = {"currency": "USD"}
            assert shops(platform).shop(TENANT).currency == "USD"

        assert "authorization" not in platform.calls[0][1]
        assert platform.calls[0][1]["tenant"] == TENANT


class TestAConnection:
    def test_that_is_dropped_is_made_again(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(RESET, {}), (RESET, {})]
            assert shops(platform).order(TENANT, "1").id == "1"
        assert len(platform.calls) == 3

    def test_is_not_made_for_ever(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(RESET, {})] * 9
            error = refusal(lambda: shops(platform).order(TENANT, "1"))
        assert (error.refusal, len(platform.calls)) == (Refusal.NO_ANSWER, 3)

    def test_that_is_refused_is_no_answer(self, shops: Shops) -> None:
        nobody = shops(Platform(url="http://127.0.0.1:9"))
        assert refusal(lambda: nobody.order(TENANT, "1")).refusal is Refusal.NO_ANSWER


class TestTooOften:
    def test_is_said_before_commerce7_has_to(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            asked = shops(platform, burst=1)
            asked.order(TENANT, "1")
            error = refusal(lambda: asked.order(TENANT, "1"))
            asked.order("other-winery", "1")

        assert error.refusal is Refusal.TOO_OFTEN
        assert error.retry_after == timedelta(seconds=2)
        assert len(platform.calls) == 2

    def test_is_heeded_when_commerce7_says_it(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(429, {"Retry-After": "5"})]
            asked = shops(platform)
            first = refusal(lambda: asked.order(TENANT, "1"))
            second = refusal(lambda: asked.order(TENANT, "1"))

        assert (first.refusal, first.retry_after) == (Refusal.TOO_OFTEN, timedelta(seconds=5))
        assert second.refusal is Refusal.TOO_OFTEN
        assert len(platform.calls) == 1

    def test_counts_every_try(self, shops: Shops) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(RESET, {})] * 2
            error = refusal(lambda: shops(platform, burst=2).order(TENANT, "1"))
        assert (error.refusal, len(platform.calls)) == (Refusal.TOO_OFTEN, 2)


class TestPriorities:
    def test_requests_in_the_background_leave_half_of_the_burst_to_others(
        self, shops: Shops
    ) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            asked = shops(platform, burst=30)
            for _ in range(15):
                asked.in_background().order(TENANT, "1")
            error = refusal(lambda: asked.in_background().order(TENANT, "1"))
            for _ in range(15):
                asked.order(TENANT, "1")
        assert error.refusal is Refusal.TOO_OFTEN

    def test_access_checks_have_an_allowance_of_their_own(self, shops: Shops) -> None:
        with a_platform(**{"order__1": {"id": "1"}, "order?limit=1": {"orders": []}}) as platform:
            asked = shops(platform, burst=1, checks=1)
            asked.order(TENANT, "1")
            asked.check_access(TENANT)
            error = refusal(lambda: asked.check_access(TENANT))
        assert error.refusal is Refusal.TOO_OFTEN

    def test_checks_for_staff_have_one_too(self, shops: Shops) -> None:
        with a_platform(**{"order?limit=1": {"orders": []}}) as platform:
            asked = shops(platform, burst=1, checks=1, staff_checks=1)
            asked.check_access(TENANT)
            refusal(lambda: asked.check_access(TENANT))
            asked.check_access(TENANT, is_waited_for=True)
            error = refusal(lambda: asked.check_access(TENANT, is_waited_for=True))
        assert (error.refusal, len(platform.calls)) == (Refusal.TOO_OFTEN, 2)

    def test_a_check_is_counted_once_however_often_it_is_dropped(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.script = [(RESET, {})] * 3
            error = refusal(lambda: shops(platform, checks=1).check_access(TENANT))
        assert (error.refusal, len(platform.calls)) == (Refusal.NO_ANSWER, 3)

    @pytest.mark.parametrize("ask", ["staff_member", "check_access"])
    def test_a_throttled_question_of_another_kind_does_not_stop_look_ups(
        self, shops: Shops, ask: str
    ) -> None:
        with a_platform(order__1={"id": "1"}) as platform:
            platform.script = [(429, {"Retry-After": "60"})]
            asked = shops(platform)
            token = ["an.account.token"] if ask == "staff_member" else []
            error = refusal(lambda: getattr(asked, ask)(TENANT, *token))
            asked.order(TENANT, "1")
        assert error.refusal is Refusal.TOO_OFTEN


class TestARequestThatCommerce7DoesNotUnderstand:
    def test_is_sent_once_and_reported(
        self, shops: Shops, caplog: pytest.LogCaptureFixture
    ) -> None:
        with a_platform(customer__c={"id": "c"}) as platform:
            platform.script = [(422, {})]
            error = refusal(lambda: shops(platform).customer(TENANT, "c"))

        assert (error.refusal, len(platform.calls)) == (Refusal.OUR_FAULT, 1)
        (line,) = [json.loads(JsonLines().format(each)) for each in caplog.records]
        told = (line["severity"], line["message"], line["tenant"], line["cause"])
        assert told == ("ERROR", "shop.rejects_request", TENANT, "customer")

    def test_is_told_from_one_that_is_refused(
        self, shops: Shops, caplog: pytest.LogCaptureFixture
    ) -> None:
        with a_platform() as platform:
            platform.script = [(401, {})]
            refusal(lambda: shops(platform).order(TENANT, "1"))
        assert caplog.records == []


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_no_refusal_repeats_what_was_asked_or_shown(shops: Shops, status: int) -> None:
    with a_platform() as platform:
        platform.script = [(status, {})]
        error = refusal(lambda: shops(platform).customer(TENANT, "personal-id"))
    told = f"{error} {error.__cause__} {error!r}"
    assert "personal-id" not in told
    assert "secret" not in told
