"""Connection tests: the requests to Meta, and what is recorded of the answers."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker
from service.domain.delivery.verdict import Verdict
from service.domain.events.reason import Reason
from service.domain.tenants.connection import (
    Cause,
    ConnectionFinding,
    ConnectionTest,
    ConnectionTestAnswer,
    Objection,
    TokenFacts,
)
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.progress import Progress, Verified, token_fingerprint
from service.domain.tenants.tenant import Pixel, Pixels, Role, Tenant
from service.infra.vault import KeyedVault
from service.usecases.tenants.check_connection import check_connection
from service.usecases.tenants.configure_tenant import configure_tenant
from service.usecases.tenants.saved_token import saved_token
from tests.builders import (
    ACCEPTED,
    BAD_TOKEN,
    DOWN,
    NOW,
    OLIVE,
    PIXEL,
    REFUSED,
    SECOND_PIXEL,
    SLOW_DOWN,
    TENANT,
    TOKEN,
    two_pixels,
)
from tests.builders import some_settings as settings
from tests.conftest import World
from tests.tenants import remove_tokens, save_installation, save_settings, save_token

TOMORROW = NOW + timedelta(days=1)
DEAD = ConnectionTestAnswer(verdict=BAD_TOKEN, objection=Objection.EXPIRED_TOKEN)


def check(world: World, role: Role = Role.PRIMARY) -> ConnectionFinding:
    finding = check_connection(TENANT, role, services=world.services)
    assert finding is not None
    return finding


def tenant(world: World) -> Tenant:
    found = world.services.tenants.find(TENANT)
    assert found is not None
    return found


def verified(world: World) -> Verified | None:
    """Return the primary pixel's successful test, if it still counts."""
    known = tenant(world)
    token = saved_token(TENANT, Role.PRIMARY, services=world.services)
    pixel_id = known.settings.pixel_of(Role.PRIMARY)
    return known.progress.tested_for(Role.PRIMARY, pixel_id=pixel_id, token=token or "")


class TestATest:
    def test_checks_the_token_sends_one_event_and_reads_the_name(self, world: World) -> None:
        world.install(settings(test_event_code="TEST1"))
        world.connections.name = "Fictional Ridge"
        finding = check(world)

        token = f"{TOKEN}primary"
        assert world.connections.asked == [
            ("token", token), (f"probe of {PIXEL}", token), (f"name of {PIXEL}", token),
        ]  # fmt: skip
        probe = ConnectionTest(event_id="test-id-1", at=NOW, test_code="TEST1")
        assert world.connections.probes == [(probe, PIXEL)]
        assert (finding.is_verified, finding.pixel_name) == (True, "Fictional Ridge")

    def test_of_the_secondary_pixel_uses_its_own_token_and_no_code(self, world: World) -> None:
        world.install(settings(pixels=two_pixels(), test_event_code="TEST1"))
        assert check(world, Role.SECONDARY).is_verified

        ((probe, pixel_id),) = world.connections.probes
        assert (pixel_id, probe.test_code) == (SECOND_PIXEL, "")
        assert {token for _, token in world.connections.asked} == {f"{TOKEN}secondary"}

    def test_works_with_every_switch_off(self, world: World) -> None:
        world.install(settings(enabled=False))
        assert check(world).is_verified

    def test_is_neither_recorded_nor_queued(self, world: World) -> None:
        world.install()
        check(world)
        assert world.services.events.newest(TENANT, limit=9) == []
        assert (world.queue.tasks, world.meta.sent) == ([], [])

    def test_sends_nothing_with_a_token_that_meta_calls_invalid(self, world: World) -> None:
        world.install()
        world.connections.facts = TokenFacts(is_valid=False)

        assert check(world).cause is Cause.INVALID_TOKEN
        assert world.connections.probes == []

    def test_reads_no_name_where_the_event_was_refused(self, world: World) -> None:
        world.install()
        world.connections.answer = ConnectionTestAnswer(verdict=DOWN)

        assert check(world).cause is Cause.NO_ANSWER
        assert [what for what, _ in world.connections.asked] == ["token", f"probe of {PIXEL}"]


class TestWithoutWhatItNeeds:
    def test_it_makes_no_request(self, world: World) -> None:
        world.install(settings(pixels=Pixels()))
        assert check(world).cause is Cause.NO_PIXEL
        world.install(settings(pixels=Pixels(primary=Pixel(id="12 34"))))
        assert check(world).cause is Cause.MALFORMED_PIXEL
        world.install()
        remove_tokens(world.services.tenants, TENANT)
        assert check(world).cause is Cause.NO_TOKEN

        assert world.connections.asked == []

    def test_a_token_that_no_key_opens_is_distinguished(self, world: World) -> None:
        world.install()
        other_keys = KeyedVault([Fernet.generate_key().decode()])
        moved = replace(world, services=replace(world.services, vault=other_keys))

        assert check(moved).cause is Cause.UNREADABLE_TOKEN
        assert world.connections.asked == []

    @pytest.mark.parametrize("state", [InstallState.PENDING, InstallState.REMOVED])
    def test_a_winery_without_the_app_gets_none(self, world: World, state: InstallState) -> None:
        world.install()
        save_installation(world.services.tenants, TENANT, Installation(state=state))
        assert check_connection(TENANT, Role.PRIMARY, services=world.services) is None
        assert check_connection("nobody", Role.PRIMARY, services=world.services) is None
        assert world.connections.asked == []


class TestASuccess:
    def test_is_recorded_with_its_pixel_and_its_token(self, world: World) -> None:
        world.install()
        world.connections.facts = TokenFacts(is_valid=True, expires_at=TOMORROW)
        check(world)

        noted = Verified(
            at=NOW, pixel_id=PIXEL, mark=token_fingerprint(f"{TOKEN}primary"), expires_at=TOMORROW
        )
        assert tenant(world).progress == Progress(tested={"primary": noted})
        assert verified(world) == noted

    def test_counts_until_the_pixel_or_the_token_changes(self, world: World) -> None:
        world.install()
        check(world)
        assert verified(world)
        save_settings(
            world.services.tenants, TENANT, settings(pixels=Pixels(primary=Pixel(id=SECOND_PIXEL)))
        )
        assert not verified(world)
        save_settings(world.services.tenants, TENANT, settings())
        assert verified(world)
        sealed = world.services.vault.seal(TENANT, b"a newer token")
        save_token(world.services.tenants, TENANT, Role.PRIMARY, sealed)
        assert not verified(world)
        remove_tokens(world.services.tenants, TENANT)
        assert not verified(world)

    def test_survives_a_change_of_keys(self, world: World) -> None:
        world.install()
        check(world)
        sealed = world.services.tenants.sealed_token(TENANT, Role.PRIMARY)
        assert sealed
        again = world.services.vault.reseal(TENANT, sealed)
        save_token(world.services.tenants, TENANT, Role.PRIMARY, again)
        assert verified(world)

    def test_of_a_token_that_was_replaced_meanwhile_does_not_count(self, world: World) -> None:
        world.install()

        def replace_token() -> None:
            sealed = world.services.vault.seal(TENANT, b"a newer token")
            save_token(world.services.tenants, TENANT, Role.PRIMARY, sealed)

        world.connections.meanwhile = replace_token
        assert check(world).is_verified
        assert not verified(world)

    def test_outlives_a_failure(self, world: World) -> None:
        world.install()
        check(world)
        world.connections.answer = ConnectionTestAnswer(verdict=DOWN)
        assert not check(world).is_verified
        assert verified(world)

    def test_gives_the_expiry_date_of_the_token_later(self, world: World) -> None:
        world.install()
        world.connections.facts = TokenFacts(is_valid=True, expires_at=TOMORROW)
        check(world)
        world.connections.facts, world.connections.answer = TokenFacts(), DEAD
        finding = check(world)
        assert (finding.cause, finding.expires_at) == (Cause.EXPIRED_TOKEN, TOMORROW)


def a_new_token(world: World) -> None:
    tokens = {Role.PRIMARY: "EAAnewer"}
    configure_tenant(TENANT, settings(), tokens=tokens, by=OLIVE, services=world.services)


class TestAFailure:
    def test_is_no_progress_and_holds_the_events_until_a_test_succeeds(self, world: World) -> None:
        world.record_an_order()
        world.connections.answer = DEAD
        finding = check(world)
        assert (finding.cause, finding.expires_at) == (Cause.EXPIRED_TOKEN, None)
        assert tenant(world).progress == Progress()
        breaker = world.breaker()
        assert (breaker.needs_token, breaker.reason) == (True, Reason.TOKEN_REFUSED)
        world.run_tasks()
        assert (world.row().status, world.meta.sent) == ("held", [])

        world.clock.advance(timedelta(seconds=1))
        world.connections.answer = ConnectionTestAnswer(verdict=ACCEPTED)
        check(world)
        assert world.breaker() == Breaker()
        world.run_tasks()
        assert world.row().status == "sent"

    def test_that_meta_only_reports_counts_as_much(self, world: World) -> None:
        world.install()
        world.connections.facts = TokenFacts(is_valid=False, is_expired=True)
        check(world)
        assert (world.breaker().needs_token, world.breaker().reason) == (True, Reason.TOKEN_EXPIRED)

    @pytest.mark.parametrize("verdict", [DOWN, SLOW_DOWN, REFUSED])
    def test_that_says_nothing_about_the_token_changes_nothing(
        self, world: World, verdict: Verdict
    ) -> None:
        world.install()
        world.connections.answer = ConnectionTestAnswer(verdict=verdict)
        assert not check(world).is_verified
        assert world.breaker() == Breaker()

    def test_of_what_was_replaced_meanwhile_does_not_count(self, world: World) -> None:
        world.install()
        world.connections.answer = DEAD
        world.connections.meanwhile = lambda: a_new_token(world)
        check(world)
        assert world.breaker() == Breaker()
        pixels = Pixels(primary=Pixel(id=SECOND_PIXEL))
        moved = settings(pixels=pixels)
        world.connections.meanwhile = lambda: save_settings(world.services.tenants, TENANT, moved)
        check(world)
        assert world.breaker() == Breaker()
