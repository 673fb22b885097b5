"""The table of events: which signal makes which event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.events.event import EventName
from service.domain.mapping.cancel_membership import cancelled
from service.domain.mapping.complete_registration import registered
from service.domain.mapping.lead import booked
from service.domain.mapping.outcome import Happened, MappingResult, Outcome
from service.domain.mapping.purchase import purchased
from service.domain.mapping.settle import settle
from service.domain.mapping.subscribe import subscribed
from service.domain.shop.signal import Action, Fact, ObjectKind, Signal
from service.domain.tenants.tenant import Tenant, TenantSettings

Find = Callable[[Signal[Any], TenantSettings, datetime], MappingResult | None]
"""Decide from a signal whether the event has happened; `None` if the signal is not about it."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event: the signals that it is made from, the stem of its id, and its mapping function."""

    name: EventName
    kind: ObjectKind
    actions: frozenset[Action]
    stem: str
    find: Find

    def event_id(self, object_id: str) -> str:
        """Return the id that Meta gets: the same for every repeated signal and for both pixels."""
        return f"c7-{self.stem}-{object_id}"


CREATED = frozenset({Action.CREATE})
CREATED_OR_UPDATED = frozenset({Action.CREATE, Action.UPDATE})
UPDATED_OR_DELETED = frozenset({Action.UPDATE, Action.DELETE})
ORDER, MEMBERSHIP = ObjectKind.ORDER, ObjectKind.MEMBERSHIP
RESERVATION, CUSTOMER = ObjectKind.RESERVATION, ObjectKind.CUSTOMER

# fmt: off
RULES = (
    EventRule(EventName.PURCHASE, ORDER, CREATED_OR_UPDATED, "order", purchased),
    EventRule(EventName.SUBSCRIBE, MEMBERSHIP, CREATED, "membership", subscribed),
    EventRule(EventName.CANCEL_MEMBERSHIP, MEMBERSHIP, UPDATED_OR_DELETED, "cancel", cancelled),
    EventRule(EventName.LEAD, RESERVATION, CREATED_OR_UPDATED, "reservation", booked),
    EventRule(EventName.COMPLETE_REGISTRATION, CUSTOMER, CREATED, "customer", registered),
)
"""Every event that is made from signals; a signal is about one of them at most."""
# fmt: on


def rule_for(kind: ObjectKind, action: Action) -> EventRule | None:
    """Return the rule of the event that such a signal is about, or `None`."""
    return next((rule for rule in RULES if rule.kind is kind and action in rule.actions), None)


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
    now: datetime,
    told_at: datetime | None = None,
) -> Outcome | None:
    """Return the signal's outcome for this tenant, `None` if it is not about the rule's event.

    An object without a time of its own is dated `told_at`, when its signal arrived; `now` without.
    """
    found = rule.find(signal, tenant.settings, told_at or now)
    if not isinstance(found, Happened):
        return found
    return settle(
        found,
        name=rule.name,
        event_id=rule.event_id(signal.fact.id),
        person=signal.fact.person,
        tenant=tenant,
        now=now,
    )
