"""The check of our access to Commerce7, and the identification of staff members."""

from base64 import b64encode
from collections.abc import Callable

import pytest

from service.commerce7.client import Commerce7Shops
from service.domain.shop.staff import StaffMember
from service.ports import Refusal
from tests.builders import TENANT
from tests.unit.commerce7.platform import RESET, a_platform, refusal

Shops = Callable[..., Commerce7Shops]


class TestAdmission:
    def test_is_asked_for_with_our_login_and_reads_nothing(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["order?limit=1"] = {"orders": [{"id": "1"}], "total": 1}
            shops(platform).check_access(TENANT)

        ((path, headers),) = platform.calls
        assert path == "/v1/order?limit=1"
        assert headers["authorization"] == f"Basic {b64encode(b'app:secret').decode()}"
        assert headers["tenant"] == TENANT

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            (401, Refusal.NOT_ALLOWED),
            (403, Refusal.NOT_ALLOWED),
            (404, Refusal.NOT_FOUND),
            (429, Refusal.TOO_OFTEN),
            (302, Refusal.NO_ANSWER),
            (500, Refusal.NO_ANSWER),
            (503, Refusal.NO_ANSWER),
        ],
    )
    def test_is_refused_in_so_many_words_or_not_at_all(
        self, shops: Shops, status: int, expected: Refusal
    ) -> None:
        with a_platform() as platform:
            platform.script = [(status, {"Location": "/v1/order/1"})]
            error = refusal(lambda: shops(platform).check_access(TENANT))
        assert error.refusal is expected
        assert len(platform.calls) == 1

    def test_is_not_refused_by_a_dropped_connection(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["order?limit=1"] = {"orders": []}
            platform.script = [(RESET, {})]
            shops(platform).check_access(TENANT)
            platform.script = [(RESET, {})] * 3
            assert (
                refusal(lambda: shops(platform).check_access(TENANT)).refusal is Refusal.NO_ANSWER
            )

    def test_that_is_malformed_is_no_answer(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["order?limit=1"] = ["orders"]
            assert (
                refusal(lambda: shops(platform).check_access(TENANT)).refusal is Refusal.NO_ANSWER
            )

    def test_is_not_an_answer_with_errors(self, shops: Shops) -> None:
        with a_platform() as platform:
            platform.objects["order?limit=1"] = {"orders": [], "errors": ["no"]}
            error = refusal(lambda: shops(platform).check_access(TENANT))
        assert error.refusal is Refusal.NO_ANSWER


class TestAStaffMember:
    TOKEN = "Aa0._~+/=-"

    def test_is_not_whom_an_answer_with_errors_names(self, shops: Shops) -> None:
        user = {"id": "u1", "role": "Admin Owner", "statusCode": 401, "errors": []}
        with a_platform(account__user=user) as platform:
            error = refusal(lambda: shops(platform).staff_member(TENANT, self.TOKEN))
        assert error.refusal is Refusal.NOT_ALLOWED

    def test_is_asked_for_with_their_own_token_alone(self, shops: Shops) -> None:
        user = {"id": "u1", "firstName": " Olive", "lastName": "Owner", "role": "Admin Owner"}
        with a_platform(account__user=user) as platform:
            member = shops(platform).staff_member(TENANT, self.TOKEN)

        assert member == StaffMember(id="u1", name="Olive Owner", role="Admin Owner")
        ((path, headers),) = platform.calls
        assert path == "/v1/account/user"
        assert (headers["authorization"], headers["tenant"]) == (self.TOKEN, TENANT)

    @pytest.mark.parametrize(
        "token", ["", " ", "a b", "a\r\nX: y", "é", "\ud800", "a\0", "token\n", "a" * 2001]
    )
    def test_has_no_token_that_no_header_should_carry(self, shops: Shops, token: str) -> None:
        with a_platform(account__user={"id": "u1"}) as platform:
            error = refusal(lambda: shops(platform).staff_member(TENANT, token))
        assert (error.refusal, platform.calls) == (Refusal.NOT_ALLOWED, [])

    @pytest.mark.parametrize("user", [{}, {"id": None}, {"id": " "}, {"user": {"id": "u"}}, []])
    def test_without_an_id_is_no_answer(self, shops: Shops, user: object) -> None:
        with a_platform(account__user=user) as platform:
            error = refusal(lambda: shops(platform).staff_member(TENANT, self.TOKEN))
        assert error.refusal is Refusal.NO_ANSWER

    def test_may_have_neither_name_nor_role(self, shops: Shops) -> None:
        with a_platform(account__user={"id": 7, "firstName": ["x"], "role": None}) as platform:
            member = shops(platform).staff_member(TENANT, self.TOKEN)
        assert member == StaffMember(id="7", name="Unnamed user", role="")

    @pytest.mark.parametrize(
        ("status", "expected"), [(401, Refusal.NOT_ALLOWED), (503, Refusal.NO_ANSWER)]
    )
    def test_may_be_refused(self, shops: Shops, status: int, expected: Refusal) -> None:
        with a_platform(account__user={"id": "u1"}) as platform:
            platform.script = [(status, {})]
            error = refusal(lambda: shops(platform).staff_member(TENANT, self.TOKEN))
        assert error.refusal is expected
        assert self.TOKEN not in f"{error!r} {error.__cause__!r}"

    def test_does_not_wait_for_questions_about_orders(self, shops: Shops) -> None:
        with a_platform(account__user={"id": "u1"}, order__1={"id": "1"}) as platform:
            asked = shops(platform, burst=1)
            asked.order(TENANT, "1")
            for _ in range(3):
                assert asked.staff_member(TENANT, self.TOKEN).id == "u1"
