from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import (
    Breaker,
    BreakerState,
    opened,
    reconnected,
    with_result,
)
from service.domain.delivery.circuit_breaker import tested as after_test
from service.domain.delivery.delivery import Wait
from service.domain.delivery.verdict import Verdict
from service.domain.events.reason import Reason
from service.domain.health.alerts import Alert, AlertKind, Severity, alerts_of
from service.domain.tenants.shop_facts import ADDRESS, CURRENCY, ShopFact
from service.domain.tenants.tenant import Role, Tenant
from tests.builders import (
    ACCEPTED,
    BAD_TOKEN,
    DOWN,
    NOW,
    PIXEL,
    POLICY,
    REFUSED,
    SECOND_PIXEL,
    a_delivery,
    a_tenant,
    some_settings,
    two_pixels,
)

HOUR = timedelta(hours=1)
BOTH = some_settings(pixels=two_pixels())


def in_state(state: BreakerState) -> Breaker:
    return opened(Breaker(), state, Reason("Meta says no"), key="", now=NOW, policy=POLICY)


WORKING = Breaker()
DEAD = in_state(BreakerState.NEEDS_RECONNECT)
FAILING = in_state(BreakerState.FAILING)
THROTTLED = in_state(BreakerState.THROTTLED)


def winery(settings: Any = BOTH, **breakers: Breaker) -> Tenant:
    return a_tenant(settings, breakers={Role(role): each for role, each in breakers.items()})


def found(
    tenant: Tenant,
    *,
    stuck: datetime | None = None,
    awaited: Sequence[ShopFact] = (),
    at: datetime = NOW,
) -> list[Alert]:
    return [*alerts_of(tenant, stuck_since=stuck, awaited=awaited, now=at)]


def keys(tenant: Tenant, **facts: Any) -> list[str]:
    return [each.key for each in found(tenant, **facts)]


class TestAlerts:
    @pytest.mark.parametrize(
        ("breaker", "kind", "severity", "setting", "section"),
        [
            (DEAD, AlertKind.TOKEN, Severity.ACT, "primary_token", "token"),
            (FAILING, AlertKind.FAILING, Severity.NOTE, "", "alerts"),
            (THROTTLED, AlertKind.THROTTLED, Severity.NOTE, "", "alerts"),
        ],
    )
    def test_name_the_pixel_the_reason_and_the_start(
        self, breaker: Breaker, kind: AlertKind, severity: Severity, setting: str, section: str
    ) -> None:
        (alert,) = found(winery(primary=breaker))
        assert (alert.kind, alert.severity) == (kind, severity)
        assert (alert.setting, alert.section) == (setting, section)
        assert (alert.role, alert.pixel_id, alert.since) == (Role.PRIMARY, PIXEL, NOW)
        assert f"primary pixel {PIXEL}" in alert.sentence
        assert (alert.detail, bool(alert.advice)) == ("Meta says no", True)

    def test_about_a_token_that_needs_a_proof_lead_to_its_cure(self) -> None:
        state, reason = BreakerState.NEEDS_RECONNECT, Reason.PROOF_REQUIRED
        needing = opened(Breaker(), state, reason, key="", now=NOW, policy=POLICY)
        (alert,) = found(winery(primary=needing))
        assert (alert.kind, alert.section) == (AlertKind.TOKEN, "app-secret-proof")

    @pytest.mark.parametrize(
        ("reason", "sentence", "detail"),
        [
            (Reason.TOKEN_MISSING, f"Your primary pixel {PIXEL} needs an access token.",
             "No access token is saved"),
            (Reason.TOKEN_UNREADABLE, f"Your primary pixel {PIXEL} needs a new access token.",
             "The saved access token can no longer be read"),
            (Reason.PIXEL_UNKNOWN,
             f"Your primary pixel {PIXEL} needs a matching Pixel ID or access token.",
             "Meta does not know this pixel, or the token has no access to it"),
        ],
    )  # fmt: skip
    def test_about_a_token_are_whole_sentences(
        self, reason: Reason, sentence: str, detail: str
    ) -> None:
        dead = opened(
            Breaker(), BreakerState.NEEDS_RECONNECT, reason, key="", now=NOW, policy=POLICY
        )
        (alert,) = found(winery(primary=dead))
        assert (alert.sentence, alert.detail) == (sentence, detail)

    def test_say_what_waits_for_the_shop_and_where_to_enter_it(self) -> None:
        currency, address = found(winery(), awaited=[CURRENCY, ADDRESS])
        assert (currency.kind, currency.severity) == (AlertKind.CURRENCY, Severity.ACT)
        assert (address.kind, address.severity) == (AlertKind.ADDRESS, Severity.ACT)
        assert (currency.setting, address.setting) == ("currency", "shop_domains")

    def test_say_that_events_are_late_and_that_we_must_act(self) -> None:
        (alert,) = found(winery(), stuck=NOW - HOUR)
        assert (alert.kind, alert.severity) == (AlertKind.STUCK, Severity.OURS)
        assert (alert.since, alert.setting) == (NOW - HOUR, "")

    def test_are_none_while_all_is_well_and_one_alone_while_nothing_is_sent(self) -> None:
        assert found(winery(primary=Breaker(), secondary=Breaker())) == []
        off = winery(replace(BOTH, enabled=False, currency=None), primary=DEAD)
        (paused,) = found(off, stuck=NOW, awaited=[CURRENCY])
        assert (paused.kind, paused.setting) == (AlertKind.PAUSED, "enabled")
        assert not paused.needs_person

    def test_are_each_pixels_own_the_most_urgent_first(self) -> None:
        settings = replace(BOTH, currency=None)
        both = winery(settings, primary=FAILING, secondary=DEAD)
        assert keys(both, stuck=NOW, awaited=[CURRENCY]) == [
            "token-secondary", "currency", "stuck", "failing-primary",
        ]  # fmt: skip
        assert [each.pixel_id for each in found(both)] == [SECOND_PIXEL, PIXEL]

    def test_are_not_those_of_a_pixel_that_was_removed(self) -> None:
        assert keys(winery(some_settings(), secondary=DEAD)) == []

    def test_need_a_person_unless_they_pass_by_themselves(self) -> None:
        tenant = winery(replace(BOTH, currency=None), primary=DEAD, secondary=THROTTLED)
        needs = {
            each.kind: each.needs_person for each in found(tenant, stuck=NOW, awaited=[CURRENCY])
        }
        assert needs == {
            AlertKind.TOKEN: True,
            AlertKind.CURRENCY: True,
            AlertKind.STUCK: True,
            AlertKind.THROTTLED: False,
        }

    @pytest.mark.parametrize("breaker", [FAILING, THROTTLED])
    def test_of_a_hindrance_are_over_with_its_time_if_nothing_waits(self, breaker: Breaker) -> None:
        later = NOW + timedelta(days=1)
        assert keys(winery(primary=breaker), at=later) != []
        unwatched = replace(breaker, is_watched=False)
        assert keys(winery(primary=unwatched)) != []
        assert keys(winery(primary=unwatched), at=later) == []

    def test_of_a_token_last_although_nothing_waits(self) -> None:
        unwatched = replace(DEAD, is_watched=False)
        assert keys(winery(primary=unwatched), at=NOW + timedelta(days=9)) == ["token-primary"]


def after(*verdicts: Verdict, breaker: Breaker = WORKING) -> Breaker:
    """Return the breaker after these answers, each to an event of its own, an hour apart."""
    for number, verdict in enumerate(verdicts):
        at, waits = NOW + number * HOUR, Wait.VENDOR if verdict is DOWN else None
        breaker = with_result(
            breaker, verdict, a_delivery(waits_for=waits), key=f"{number}", now=at, policy=POLICY
        )
    return breaker


class TestEventsThatMetaRefuses:
    def test_need_a_person_once_three_in_a_row_are_refused(self) -> None:
        assert keys(winery(primary=after(REFUSED, REFUSED))) == []
        (alert,) = found(winery(primary=after(REFUSED, replace(REFUSED, code=7), REFUSED)))
        assert (alert.key, alert.severity) == ("refused-primary", Severity.ACT)
        assert (alert.since, alert.pixel_id) == (NOW, PIXEL)
        assert alert.detail == "The first reason: Meta refused the event (code 100)"

    def test_write_nothing_more_after_these(self) -> None:
        three = after(REFUSED, REFUSED, REFUSED)
        assert after(REFUSED, breaker=three) is three

    def test_are_over_with_one_that_is_accepted(self) -> None:
        assert after(REFUSED, REFUSED, REFUSED, ACCEPTED) == WORKING
        assert keys(winery(primary=after(REFUSED, REFUSED, ACCEPTED, REFUSED))) == []

    def test_prove_that_the_token_is_good(self) -> None:
        assert after(REFUSED, breaker=DEAD).is_working

    def test_stop_no_other_event(self) -> None:
        assert not after(REFUSED, REFUSED, REFUSED).stops(a_delivery())

    def test_are_forgotten_with_the_pixel_and_while_another_fault_lasts(self) -> None:
        three = after(REFUSED, REFUSED, REFUSED)
        assert reconnected(three, now=NOW) == WORKING
        assert keys(winery(primary=after(DOWN, breaker=three))) == ["failing-primary"]
        assert after(DOWN, ACCEPTED, breaker=three) == WORKING

    def test_are_not_excused_by_a_connection_test(self) -> None:
        three = after(REFUSED, REFUSED, REFUSED)
        assert after_test(three, ACCEPTED, now=NOW, policy=POLICY) == three


class TestANewToken:
    renewed = reconnected(DEAD, now=NOW + HOUR)

    def test_counts_as_good_until_it_is_tried(self) -> None:
        assert self.renewed.state is BreakerState.NEEDS_RECONNECT
        assert keys(winery(primary=self.renewed)) == []

    def test_counts_as_dead_once_meta_has_refused_it_too(self) -> None:
        held = a_delivery(waits_for=Wait.TOKEN)
        again = with_result(self.renewed, BAD_TOKEN, held, key="", now=NOW + HOUR, policy=POLICY)
        (alert,) = found(winery(primary=again))
        assert (alert.key, alert.since) == ("token-primary", NOW)

    def test_is_not_to_blame_where_meta_is_down(self) -> None:
        failed = a_delivery(waits_for=Wait.VENDOR)
        down = with_result(self.renewed, DOWN, failed, key="", now=NOW + HOUR, policy=POLICY)
        assert keys(winery(primary=down)) == []

    def test_that_works_closes_the_breaker(self) -> None:
        works = with_result(
            self.renewed, ACCEPTED, a_delivery(), key="", now=NOW + HOUR, policy=POLICY
        )
        assert works == Breaker()
