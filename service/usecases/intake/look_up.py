"""Ask the shop about an object until it is known who the person is."""

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from service.domain.delivery.schedule import RetryPolicy
from service.domain.mapping.outcome import Outcome
from service.domain.mapping.table import decide, rule_of
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord
from service.domain.shop.membership import Membership
from service.domain.shop.person import Address, Person
from service.domain.shop.shop_object import ShopObject
from service.domain.shop.signal import Action, Fact, ObjectKind, Signal
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, Services, ShopError, Shops
from service.usecases.sealing import unseal_text

FactT = TypeVar("FactT", bound=ShopObject)

_LEFT_OUT = frozenset({Refusal.NOT_FOUND, Refusal.NOT_ALLOWED})


def look_up_record(record: EventRecord, lookup: Lookup, *, services: Services) -> Fact:
    """Return the object that the record's open lookup is about.

    Raises:
        ShopError: the shop did not tell.
        UnsealError: the record can no longer say which object it is.
    """
    object_id = unseal_text(lookup.sealed_id, tenant_id=record.tenant_id, vault=services.vault)
    kind = ObjectKind(record.object_kind)
    return look_up(kind, object_id, tenant_id=record.tenant_id, shops=services.shops)


def outcome_of(
    record: EventRecord, lookup: Lookup, fact: Fact, *, tenant: Tenant, now: datetime
) -> Outcome | None:
    """Return what the object, as the shop told of it, makes of the record's event."""
    signal = Signal(
        kind=ObjectKind(record.object_kind),
        action=Action.UPDATE,  # an object that is still there was not deleted, whoever says so
        fact=fact,
        is_by_staff=lookup.is_by_staff,
    )
    return decide(rule_of(record.name), signal, tenant=tenant, told_at=lookup.asked_at, now=now)


def postponed(lookup: Lookup, error: ShopError, *, now: datetime, policy: RetryPolicy) -> Lookup:
    """Return the question to be asked again, when the shop likes."""
    pause = error.retry_after or lookup.pause(policy)
    counts = error.refusal is not Refusal.TOO_OFTEN
    return lookup.postponed(pause, counts=counts, now=now, policy=policy)


def look_up(kind: ObjectKind, object_id: str, *, tenant_id: str, shops: Shops) -> Fact:
    """Return the object as the shop knows it now, with all that it knows of the person.

    Raises:
        ShopError: the shop did not tell.
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
    """Return the object with the customer's own record in place of the short one inside it."""
    person = fact.person
    if not person.is_half_known or person.customer.id is None:
        return fact
    try:
        known = shops.customer(tenant_id, person.customer.id)
    except ShopError as error:
        if error.refusal is not Refusal.NOT_FOUND:
            raise
        return fact  # the record is gone, and with it what it could have told
    return replace(fact, person=replace(person, customer=known.person.customer))


def _with_addresses(membership: Membership, tenant_id: str, shops: Shops) -> Membership:
    """Return the membership with its member's addresses, of which one may be known to be theirs.

    The address book is a bonus: a shop that does not hand it out is no reason to wait.
    """
    person = membership.person
    if person.customer.id is None:
        return membership
    try:
        book = shops.addresses(tenant_id, person.customer.id)
    except ShopError as error:
        if error.refusal not in _LEFT_OUT:
            raise
        return membership
    return replace(membership, person=_at_home(person, dict(book), membership.bill_to_id))


def _at_home(person: Person, book: dict[str, Address], bill_to_id: str | None) -> Person:
    bill_to = book.pop(bill_to_id, person.bill_to) if bill_to_id else person.bill_to
    return replace(person, bill_to=bill_to, elsewhere=(*person.elsewhere, *book.values()))
