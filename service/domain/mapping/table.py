"""The table of events: which signal makes which event."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from service.domain.events.event import EventName
from service.domain.mapping.cancel_membership import cancelled
from service.domain.mapping.complete_registration import registered
from service.domain.mapping.lead import booked
from service.domain.mapping.outcome import Happened, MappingResult, Outcome, Times
from service.domain.mapping.purchase import purchased
from service.domain.mapping.settle import settle
from service.domain.mapping.subscribe import subscribed
from service.domain.shop.signal import Action, Fact, ObjectKind, Signal
from service.domain.tenants.tenant import Tenant, TenantSettings

Find = Callable[[Signal[Any], TenantSettings, Times], MappingResult | None]
"""Decide from a signal whether the event has happened; `None` if the signal is not about it."""


@dataclass(frozen=True, slots=True)
class EventRule:
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
UPDATED_OR_DELETED = frozenset({Action.UPDATE, Action.DELETE})
ORDER, MEMBERSHIP = ObjectKind.ORDER, ObjectKind.MEMBERSHIP
RESERVATION, CUSTOMER = ObjectKind.RESERVATION, ObjectKind.CUSTOMER

# fmt: off
RULES = (
    EventRule(EventName.PURCHASE, ORDER, CREATED_OR_UPDATED, "order", purchased),
    EventRule(EventName.CANCEL_MEMBERSHIP, MEMBERSHIP, UPDATED_OR_DELETED, "cancel", cancelled),
    EventRule(EventName.SUBSCRIBE, MEMBERSHIP, CREATED, "membership", subscribed, UPDATED),
    EventRule(EventName.LEAD, RESERVATION, CREATED_OR_UPDATED, "reservation", booked),
    EventRule(EventName.COMPLETE_REGISTRATION, CUSTOMER, CREATED, "customer", registered, UPDATED),
)
"""Every event that is made from signals; the first whose function has a result is the signal's."""
# fmt: on


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
