"""A winery's health: each state, and which one counts where several would hold."""

from datetime import timedelta
from typing import Any

import pytest

from service.domain.delivery.circuit_breaker import Breaker, BreakerState, opened, reconnected
from service.domain.events.reason import Reason
from service.domain.figures.next_steps import StepKind, next_steps
from service.domain.health.health import Health, HealthState, health_facts, health_of
from service.domain.shop.signal import ObjectKind
from service.domain.tenants.catch_up import SILENT_FOR, SILENT_OBJECTS, CatchUp, Silence
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.progress import Progress
from service.domain.tenants.setup import Setup, SetupStep
from service.domain.tenants.shop_facts import CURRENCY
from service.domain.tenants.tenant import Role
from tests.builders import NOW, POLICY, a_tenant, some_settings, two_pixels

HOUR = timedelta(hours=1)
DONE = Setup(done=frozenset(SetupStep))
HALF = Setup(done=frozenset({SetupStep.PIXEL}))
LIVE, PAUSED = HealthState.LIVE, HealthState.PAUSED
ATTENTION, NOT_SET_UP = HealthState.ATTENTION, HealthState.NOT_SET_UP


def broken(state: BreakerState) -> Breaker:
    return opened(Breaker(), state, Reason.META_UNABLE, key="", now=NOW, policy=POLICY)


DEAD = broken(BreakerState.NEEDS_RECONNECT)
OUTAGE = broken(BreakerState.FAILING)
OFF = some_settings(enabled=False)
HELD = Installation(state=InstallState.HELD)


def health(setup: Setup = DONE, settings: Any = None, **known: Any) -> Health:
    stuck, awaited = known.pop("stuck", None), known.pop("awaited", ())
    breakers = {Role(role): each for role, each in known.pop("breakers", {}).items()}
    tenant = a_tenant(settings, breakers=breakers, **known)
    return health_of(tenant, setup, stuck_since=stuck, awaited=awaited, now=NOW)


def silent_for(time: timedelta) -> CatchUp:
    silence = Silence(since=NOW - time, objects=SILENT_OBJECTS)
    return CatchUp(silent={ObjectKind.ORDER: silence})


STATES: list[tuple[Setup, dict[str, Any], HealthState, str]] = [
    (DONE, {}, LIVE, ""),
    (HALF, {}, NOT_SET_UP, ""),
    (DONE, {"breakers": {"primary": DEAD}}, ATTENTION, "token-primary"),
    (DONE, {"breakers": {"primary": reconnected(DEAD, now=NOW)}}, LIVE, ""),
    (DONE, {"breakers": {"primary": OUTAGE}}, ATTENTION, "failing-primary"),
    (DONE, {"breakers": {"primary": broken(BreakerState.THROTTLED)}}, ATTENTION,
     "throttled-primary"),
    (DONE, {"stuck": NOW - HOUR}, ATTENTION, "stuck"),
    (DONE, {"awaited": [CURRENCY]}, ATTENTION, "currency"),
    (DONE, {"catch_up": silent_for(SILENT_FOR)}, ATTENTION, "webhooks"),
    (DONE, {"catch_up": silent_for(SILENT_FOR - HOUR)}, LIVE, ""),
    (DONE, {"installation": HELD}, ATTENTION, "installation"),
    (DONE, {"settings": OFF}, PAUSED, "paused"),
    # Precedence: the winery's choice, what hinders its events, the set-up.
    (HALF, {"settings": OFF, "breakers": {"primary": DEAD}, "stuck": NOW}, PAUSED, "paused"),
    (HALF, {"breakers": {"primary": DEAD}}, ATTENTION, "token-primary"),
    (DONE, {"settings": some_settings(pixels=two_pixels()), "installation": HELD, "stuck": NOW,
            "breakers": {"primary": OUTAGE, "secondary": DEAD}}, ATTENTION, "token-secondary"),
]  # fmt: skip


class TestTheHealth:
    @pytest.mark.parametrize(("setup", "known", "state", "reason"), STATES)
    def test_is_one_state_with_its_most_urgent_reason(
        self, setup: Setup, known: dict[str, Any], state: HealthState, reason: str
    ) -> None:
        found = health(setup, **known)
        assert found.state is state
        assert (found.reason.key if found.reason else "") == reason
        assert all(alert.sentence and alert.advice for alert in found.alerts)

    @pytest.mark.parametrize(("setup", "known", "state"), [each[:3] for each in STATES])
    def test_and_the_next_steps_agree(
        self, setup: Setup, known: dict[str, Any], state: HealthState
    ) -> None:
        found = health(setup, **known)
        steps = next_steps(found, failed=0, held=0, coverage={})
        assert (steps == []) is (state is LIVE)
        assert [step.alert for step in steps if step.alert] == [*found.alerts]
        asks_for_set_up = any(step.kind is StepKind.SET_UP for step in steps)
        assert asks_for_set_up is (setup is HALF and state in {NOT_SET_UP, PAUSED})


class TestTheFactsOfTheHealth:
    def test_change_with_the_winery_and_its_time(self) -> None:
        tenants = [
            a_tenant(),
            a_tenant(OFF),
            a_tenant(breakers={Role.PRIMARY: DEAD}),
            a_tenant(breakers={Role.PRIMARY: OUTAGE}),
            a_tenant(installation=HELD),
            a_tenant(progress=Progress(first_sent_at=NOW)),
        ]
        facts = [health_facts(each, now=NOW) for each in tenants]
        assert all(facts.count(each) == 1 for each in facts)
        unwatched = Breaker(state=BreakerState.FAILING, probe_at=NOW + HOUR)
        passing = a_tenant(breakers={Role.PRIMARY: unwatched})
        assert health_facts(passing, now=NOW) != health_facts(passing, now=NOW + HOUR)
        assert health_facts(passing, now=NOW + HOUR) == facts[0]
