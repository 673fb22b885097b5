from datetime import timedelta
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.shop.public_settings import Shop
from service.domain.shop.staff import StaffMember
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.session import SESSION_FOR, SESSION_LIFE, Session, opened
from service.ports import Refusal, ShopError
from service.usecases.task_bodies import ReadShop, parse_task
from service.usecases.tenants.open_session import NoSession, open_session, renew_session
from service.usecases.tenants.read_shop import ShopRead, read_shop
from service.usecases.tenants.record_install import record_install
from tests.builders import NOW, OLIVE, TENANT, some_settings
from tests.conftest import GRACE, World
from tests.tenants import forget, save_installation

TOKEN_OF_OLIVE = "account-token-of-olive"
REFUSALS = [
    (Refusal.NOT_ALLOWED, NoSession.UNAUTHORIZED),
    (Refusal.NOT_FOUND, NoSession.UNAUTHORIZED),
    (Refusal.NO_ANSWER, NoSession.NO_ANSWER),
    (Refusal.TOO_OFTEN, NoSession.NO_ANSWER),
]
CHECKS = [
    (Refusal.NOT_ALLOWED, NoSession.NOT_INSTALLED),
    (Refusal.NO_ANSWER, NoSession.NO_ANSWER),
    (Refusal.TOO_OFTEN, NoSession.NO_ANSWER),
]
AWAY = [InstallState.PENDING, InstallState.REMOVED]


def enter(world: World, token: str = TOKEN_OF_OLIVE) -> Session | NoSession:
    return open_session(TENANT, token, now=world.clock(), services=world.services)


def renew(world: World, session: Session, token: str = TOKEN_OF_OLIVE) -> Session | NoSession:
    return renew_session(session, token, now=world.clock(), services=world.services)


def employ(world: World, member: StaffMember = OLIVE, token: str = TOKEN_OF_OLIVE) -> None:
    world.shops.staff[TENANT, token] = member


def set_state(world: World, state: InstallState) -> None:
    """Save an installation in this state, with nothing due before tomorrow."""
    installation = Installation(state=state, check_at=NOW + timedelta(days=1))
    save_installation(world.services.tenants, TENANT, installation)


def refuse_staff(world: World, refusal: Refusal) -> None:
    world.shops.refusals["staff"] = ShopError(refusal)


class TestOpening:
    def test_is_for_staff_that_commerce7_knows(self, world: World) -> None:
        world.install()
        employ(world)
        assert enter(world) == opened(TENANT, OLIVE, now=NOW)
        assert world.shops.asked == [("staff", TENANT)]

    def test_is_not_for_the_staff_of_another_winery(self, world: World) -> None:
        world.install()
        world.shops.staff["other-winery", TOKEN_OF_OLIVE] = OLIVE
        assert enter(world) is NoSession.UNAUTHORIZED

    @pytest.mark.parametrize("state", [None, *InstallState])
    def test_reveals_nothing_of_the_winery_to_a_stranger(
        self, world: World, state: InstallState | None
    ) -> None:
        if state:
            due = Installation(state=state, check_at=NOW, purge_at=NOW + GRACE)
            save_installation(world.services.tenants, TENANT, due)
        before = world.services.tenants.find(TENANT)

        assert enter(world, "made-up") is NoSession.UNAUTHORIZED
        assert world.shops.asked == []
        assert world.services.tenants.find(TENANT) == before

    @pytest.mark.parametrize(("refusal", "expected"), REFUSALS)
    def test_is_not_possible_without_commerce7s_answer(
        self, world: World, refusal: Refusal, expected: NoSession
    ) -> None:
        world.install()
        employ(world)
        refuse_staff(world, refusal)
        assert enter(world) is expected

    @pytest.mark.parametrize(("refusal", "expected"), CHECKS)
    def test_of_an_unknown_winery_leaves_nothing_unless_it_has_us(
        self, world: World, refusal: Refusal, expected: NoSession
    ) -> None:
        employ(world)
        world.shops.refusals["check_access"] = ShopError(refusal)
        assert enter(world) is expected
        assert world.services.tenants.ids() == []

    @pytest.mark.parametrize("state", AWAY)
    def test_is_not_possible_where_we_are_not_installed(
        self, world: World, state: InstallState
    ) -> None:
        employ(world)
        set_state(world, state)
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        assert enter(world) is NoSession.NOT_INSTALLED

    @pytest.mark.parametrize("state", [InstallState.ACTIVE, InstallState.HELD])
    def test_is_possible_while_an_uninstall_is_unconfirmed(
        self, world: World, state: InstallState
    ) -> None:
        employ(world)
        set_state(world, state)
        assert isinstance(enter(world), Session)


class TestAShopThatHasNotToldEverything:
    @pytest.mark.parametrize(
        "known",
        [
            {"currency": None},
            {"timezone": None},
            {"shop_domains": ()},
        ],
    )
    def test_is_asked_at_once_when_the_dashboard_is_opened(
        self, world: World, known: dict[str, Any]
    ) -> None:
        everything = some_settings(timezone="America/Los_Angeles")
        world.install(replace(everything, **known))
        employ(world)
        enter(world)
        assert [parse_task(task.body) for task in world.queue.tasks] == [ReadShop(tenant_id=TENANT)]
        world.shops.facts = Shop(name="Ridge")
        result = read_shop(TENANT, now=world.clock(), services=world.services)
        assert result is ShopRead.ANSWERED

    def test_is_not_asked_once_it_has(self, world: World) -> None:
        world.install(some_settings(timezone="America/Los_Angeles"))
        employ(world)
        enter(world)
        assert world.queue.tasks == []


class TestAWineryWhoseInstallationIsInDoubt:
    def test_gets_a_session_at_once_if_commerce7_grants_access(self, world: World) -> None:
        employ(world)
        record_install(TENANT, is_proven=False, now=NOW, services=world.services)
        assert enter(world) == opened(TENANT, OLIVE, now=NOW)

        assert world.shops.asked == [("staff", TENANT), ("check_access", TENANT)]
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.installation == Installation()

    @pytest.mark.parametrize(("refusal", "expected"), CHECKS)
    def test_gets_no_session_otherwise_and_stays_as_it_is(
        self, world: World, refusal: Refusal, expected: NoSession
    ) -> None:
        employ(world)
        before = record_install(TENANT, is_proven=False, now=NOW, services=world.services)
        world.shops.refusals["check_access"] = ShopError(refusal)
        assert enter(world) is expected
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.installation == before

    def test_gets_one_though_its_install_call_was_lost(self, world: World) -> None:
        employ(world)
        assert isinstance(enter(world), Session)
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.installation == Installation()
        assert world.shops.waited_for == [TENANT]
        assert [parse_task(task.body) for task in world.queue.tasks] == [ReadShop(tenant_id=TENANT)]

    def test_gets_one_though_strangers_report_installs_meanwhile(self, world: World) -> None:
        employ(world)

        def forge() -> None:
            record_install(TENANT, is_proven=False, now=world.clock(), services=world.services)

        world.shops.meanwhile = forge
        assert isinstance(enter(world), Session)

    def test_is_checked_whenever_its_staff_opens_the_dashboard(self, world: World) -> None:
        employ(world)
        set_state(world, InstallState.PENDING)
        assert isinstance(enter(world), Session)

    @pytest.mark.parametrize("is_reported", [True, False])
    def test_that_has_come_back_gets_a_session_too(
        self, world: World, *, is_reported: bool
    ) -> None:
        employ(world)
        removed = Installation(state=InstallState.REMOVED, purge_at=NOW + GRACE)
        save_installation(world.services.tenants, TENANT, removed)
        world.shops.refusals["check_access"] = ShopError(Refusal.NOT_ALLOWED)
        assert enter(world) is NoSession.NOT_INSTALLED
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.installation == removed
        del world.shops.refusals["check_access"]
        if is_reported:
            record_install(TENANT, is_proven=False, now=NOW, services=world.services)
        assert isinstance(enter(world), Session)


class TestRenewing:
    @pytest.fixture(autouse=True)
    def _open(self, world: World) -> None:
        world.install()
        employ(world)

    def test_asks_commerce7_once_more(self, world: World) -> None:
        session = opened(TENANT, OLIVE, now=NOW)
        world.clock.advance(timedelta(hours=1))
        assert renew(world, session) == replace(
            session, expires_at=NOW + timedelta(hours=1) + SESSION_FOR
        )
        assert world.shops.asked == [("staff", TENANT)]

    def test_knows_the_role_of_now(self, world: World) -> None:
        demoted = replace(OLIVE, role="Data")
        employ(world, demoted)
        renewed = renew(world, opened(TENANT, OLIVE, now=NOW))
        assert isinstance(renewed, Session)
        assert renewed.staff == demoted

    def test_is_for_the_same_user_only(self, world: World) -> None:
        employ(world, replace(OLIVE, id="user-2"), "token-2")
        session = opened(TENANT, OLIVE, now=NOW)
        assert renew(world, session, "token-2") is NoSession.OTHER_USER
        assert renew(world, session, "made-up") is NoSession.UNAUTHORIZED

    def test_ends_after_a_working_day_without_a_request(self, world: World) -> None:
        session = opened(TENANT, OLIVE, now=NOW)
        world.clock.advance(SESSION_LIFE - timedelta(microseconds=1))
        last = renew(world, session)
        assert isinstance(last, Session)
        assert last.expires_at == NOW + SESSION_LIFE
        world.shops.asked.clear()
        world.clock.advance(timedelta(microseconds=1))

        assert renew(world, last) is NoSession.OVER
        assert world.shops.asked == []

    @pytest.mark.parametrize(("refusal", "expected"), REFUSALS)
    def test_is_not_possible_without_commerce7s_answer(
        self, world: World, refusal: Refusal, expected: NoSession
    ) -> None:
        refuse_staff(world, refusal)
        assert renew(world, opened(TENANT, OLIVE, now=NOW)) is expected

    @pytest.mark.parametrize("state", AWAY)
    def test_ends_with_the_installation(self, world: World, state: InstallState) -> None:
        set_state(world, state)
        assert renew(world, opened(TENANT, OLIVE, now=NOW)) is NoSession.NOT_INSTALLED

    def test_ends_with_the_winery(self, world: World) -> None:
        forget(world.services.tenants, TENANT)
        assert renew(world, opened(TENANT, OLIVE, now=NOW)) is NoSession.NOT_INSTALLED
