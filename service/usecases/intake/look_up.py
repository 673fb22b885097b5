"""Look up an object at the shop, together with its customer's data."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from service.domain.delivery.schedule import RetryPolicy
from service.domain.mapping.outcome import Outcome, Times
from service.domain.mapping.table import decide, rule_of
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord
from service.domain.shop.membership import Membership
from service.domain.shop.person import Address, Person
from service.domain.shop.shop_object import ShopObject
from service.domain.shop.signal import Action, Actor, Fact, ObjectKind, Signal
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, Services, ShopError, Shops
from service.usecases.sealing import unseal_text

FactT = TypeVar("FactT", bound=ShopObject)

# Without the address book, or a customer's record, an event is still one.
_NO_RECORD = frozenset({Refusal.NOT_FOUND, Refusal.OUR_FAULT})
_TOLERATED = _NO_RECORD | {Refusal.NOT_ALLOWED}


def look_up_record(record: EventRecord, lookup: Lookup, *, services: Services) -> Fact:
    """Return the object that the record's open look-up names.

    Raises:
        ShopError: the shop did not answer the request.
        UnsealError: the object's id cannot be unsealed.
    """
    object_id = unseal_text(lookup.sealed_id, tenant_id=record.tenant_id, vault=services.vault)
    kind = ObjectKind(record.object_kind)
    return look_up(kind, object_id, tenant_id=record.tenant_id, shops=services.shops)


def outcome_of(
    record: EventRecord, lookup: Lookup, fact: Fact, *, tenant: Tenant, now: datetime
) -> Outcome | None:
    """Return the outcome for the record's event, decided by the object that was looked up."""
    signal = Signal(
        kind=ObjectKind(record.object_kind),
        action=Action.UPDATE,  # the object exists, so it was not deleted, whatever the signal said
        fact=fact,
        actor=Actor.STAFF if lookup.is_by_staff else None,
    )
    times = Times(now=now, received_at=lookup.asked_at, waiting_since=record.waits_since)
    return decide(rule_of(record.name), signal, tenant=tenant, times=times)


def postponed(lookup: Lookup, error: ShopError, *, now: datetime, policy: RetryPolicy) -> Lookup:
    """Return the look-up with its next try, after the pause that the shop asked for, if any."""
    pause = error.retry_after or lookup.pause(policy)
    counts = error.refusal is not Refusal.TOO_OFTEN
    return lookup.postponed(pause, counts=counts, now=now, policy=policy)


def look_up(kind: ObjectKind, object_id: str, *, tenant_id: str, shops: Shops) -> Fact:
    """Return the object as it is in the shop now, with its customer's data.

    Raises:
        ShopError: the shop did not answer the request.
    """
    match kind:
        case ObjectKind.ORDER:
            return _with_customer(shops.order(tenant_id, object_id), tenant_id, shops)
        case ObjectKind.RESERVATION:
            return _with_customer(shops.reservation(tenant_id, object_id), tenant_id, shops)
        case ObjectKind.CUSTOMER:
            return shops.customer(tenant_id, object_id)
        case ObjectKind.MEMBERSHIP:
            membership = shops.membership(tenant_id, object_id)
            return _with_addresses(_with_customer(membership, tenant_id, shops), tenant_id, shops)


def _with_customer(fact: FactT, tenant_id: str, shops: Shops) -> FactT:
    """Return the object with the customer's full record in place of the short one inside it."""
    person = fact.person
    if not person.is_half_known or person.customer.id is None:
        return fact
    try:
        known = shops.customer(tenant_id, person.customer.id)
    except ShopError as error:
        if error.refusal not in _NO_RECORD:
            raise
        return fact  # the customer's record was deleted, or cannot be asked for
    return replace(fact, person=replace(person, customer=known.person.customer))


def _with_addresses(membership: Membership, tenant_id: str, shops: Shops) -> Membership:
    """Return the membership with its member's addresses.

    The address book is optional: a shop that refuses it does not postpone the look-up.
    """
    person = membership.person
    if person.customer.id is None:
        return membership
    try:
        book = shops.addresses(tenant_id, person.customer.id)
    except ShopError as error:
        if error.refusal not in _TOLERATED:
            raise
        return membership
    return replace(membership, person=_with_address_book(person, dict(book), membership.bill_to_id))


def _with_address_book(person: Person, book: dict[str, Address], bill_to_id: str | None) -> Person:
    bill_to = book.pop(bill_to_id, person.bill_to) if bill_to_id else person.bill_to
    return replace(person, bill_to=bill_to, elsewhere=(*person.elsewhere, *book.values()))
