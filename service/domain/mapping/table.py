"""The table of events: which signal makes which event."""

from collections.abc import Callable
from functools import cache
from typing import Any

from msgspec import Struct

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.events.reason import Reason, Switch
from service.domain.mapping.cancel_membership import cancelled
from service.domain.mapping.complete_registration import registered
from service.domain.mapping.lead import booked
from service.domain.mapping.outcome import Happened, MappingResult, Outcome, Skipped, Times
from service.domain.mapping.purchase import purchased
from service.domain.mapping.settle import settle
from service.domain.mapping.subscribe import subscribed
from service.domain.shop.signal import Action, Fact, ObjectKind, Signal
from service.domain.tenants.tenant import Tenant, TenantSettings

Find = Callable[[Signal[Any], TenantSettings, Times], MappingResult | None]
"""Decide from a signal whether the event has happened; `None` if the signal is not about it."""


_UNWANTED = frozenset({Reason.SWITCHED_OFF, Reason.NOT_SET_UP})


class EventRule(Struct, frozen=True):
    """One event: the signals that it is made from, the stem of its id, and its mapping function.

    Signals with one of `actions` record the event; those with one of `follow_ups` only change a
    record that still waits.
    """

    name: EventName
    kind: ObjectKind
    actions: frozenset[Action]
    stem: str
    find: Find
    follow_ups: frozenset[Action] = frozenset()

    def event_id(self, object_id: str) -> str:
        """Return the id that Meta gets: the same for every repeated signal and for both pixels."""
        return f"c7-{self.stem}-{object_id}"


UPDATED = frozenset({Action.UPDATE})
CREATED = frozenset({Action.CREATE})
CREATED_OR_UPDATED = frozenset({Action.CREATE, Action.UPDATE})
LATER = frozenset({Action.UPDATE, Action.DELETE})
ORDER, MEMBERSHIP = ObjectKind.ORDER, ObjectKind.MEMBERSHIP
RESERVATION, CUSTOMER = ObjectKind.RESERVATION, ObjectKind.CUSTOMER

# fmt: off
RULES = (
    EventRule(EventName.PURCHASE, ORDER, CREATED_OR_UPDATED, "order", purchased),
    EventRule(EventName.CANCEL_MEMBERSHIP, MEMBERSHIP, LATER, "cancel", cancelled),
    EventRule(EventName.SUBSCRIBE, MEMBERSHIP, CREATED, "membership", subscribed, LATER),
    EventRule(EventName.LEAD, RESERVATION, CREATED_OR_UPDATED, "reservation", booked),
    EventRule(EventName.COMPLETE_REGISTRATION, CUSTOMER, CREATED, "customer", registered, UPDATED),
)
"""Every event that is made from signals; a signal may be about several."""
# fmt: on


@cache
def rules_for(kind: ObjectKind, action: Action) -> tuple[EventRule, ...]:
    """Return the rules of the events that such a signal may be about, in their order."""
    return tuple(
        rule for rule in RULES if rule.kind is kind and action in rule.actions | rule.follow_ups
    )


def rule_of(name: EventName) -> EventRule:
    """Return the event's rule.

    Raises:
        KeyError: no signal makes this event.
    """
    return {rule.name: rule for rule in RULES}[name]


def decide(
    rule: EventRule,
    signal: Signal[Fact],
    *,
    tenant: Tenant,
    times: Times,
) -> Outcome | None:
    """Return the signal's outcome for this tenant, `None` if it is not about the rule's event."""
    found = rule.find(signal, tenant.settings, times)
    if not isinstance(found, Happened):
        return found
    return settle(
        found,
        name=rule.name,
        event_id=rule.event_id(signal.fact.id),
        person=signal.fact.person,
        tenant=tenant,
        now=times.now,
    )


class RuleOutcome(Struct, frozen=True, kw_only=True):
    """What a signal comes to by one rule; one that `is_follow_up` only changes a waiting record."""

    rule: EventRule
    outcome: Outcome
    is_follow_up: bool


def outcomes_of(signal: Signal[Fact], *, tenant: Tenant, times: Times) -> tuple[RuleOutcome, ...]:
    """Return the outcomes by all rules that have one, in their order.

    A signal that records an event makes no row beside it for another event that is switched off.
    """
    rules = rules_for(signal.kind, signal.action)
    found = [
        RuleOutcome(rule=rule, outcome=outcome, is_follow_up=signal.action not in rule.actions)
        for rule in rules
        if (outcome := decide(rule, signal, tenant=tenant, times=times)) is not None
    ]
    return _with_needed_rows(found)


def outcomes_of_listed(
    signal: Signal[Fact], *, tenant: Tenant, times: Times
) -> tuple[RuleOutcome, ...]:
    """Return the outcomes for an object that its shop listed, as an update.

    It may be new, so an event that only a Create webhook records is among them. It may be old, too,
    so a reason why it is no such event makes no row, but that the winery did not want it: else it
    would be sent as soon as the winery wants the next ones.
    """
    found = [
        RuleOutcome(
            rule=rule,
            outcome=outcome,
            is_follow_up=signal.action not in rule.actions and _is_no_such_event(outcome),
        )
        for rule in RULES
        if rule.kind is signal.kind
        and rule.actions & CREATED_OR_UPDATED
        and (outcome := decide(rule, signal, tenant=tenant, times=times)) is not None
    ]
    return _with_needed_rows(found)


def _with_needed_rows(found: list[RuleOutcome]) -> tuple[RuleOutcome, ...]:
    if len(found) == 1:
        return tuple(found)  # most signals: nothing to choose from
    recording = [each for each in found if not each.is_follow_up]
    needed = [each for each in recording if not _is_switched_off(each.outcome)] or recording[:1]
    return tuple(each if each in needed else replace(each, is_follow_up=True) for each in found)


def _is_no_such_event(outcome: Outcome) -> bool:
    return isinstance(outcome, Skipped) and outcome.reason not in _UNWANTED


def _is_switched_off(outcome: Outcome) -> bool:
    if not isinstance(outcome, Skipped):
        return False
    return outcome.reason is Reason.SWITCHED_OFF and outcome.details.switch is Switch.EVENT
