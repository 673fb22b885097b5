"""Look up an object at the shop, together with its customer's data."""

from datetime import datetime

from msgspec import structs

from service.domain.copies import replace
from service.domain.delivery.schedule import RetryPolicy
from service.domain.events.half_known import lacks_contact, lacks_place
from service.domain.mapping.outcome import Outcome, Times
from service.domain.mapping.table import decide, rule_of
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord
from service.domain.shop.membership import Membership
from service.domain.shop.person import Address, Person
from service.domain.shop.registration import Registration
from service.domain.shop.signal import Action, Actor, Fact, ObjectKind, Signal
from service.domain.tenants.tenant import Tenant
from service.ports import Refusal, Services, ShopError, Shops
from service.usecases.sealing import unseal_text

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
    shops = services.shops
    if record.is_unproven:
        shops = shops.in_background()
    return look_up(kind, object_id, tenant_id=record.tenant_id, shops=shops)


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
    fact: Fact
    match kind:
        case ObjectKind.ORDER:
            fact = shops.order(tenant_id, object_id)
        case ObjectKind.RESERVATION:
            fact = shops.reservation(tenant_id, object_id)
        case ObjectKind.CUSTOMER:
            fact = shops.customer(tenant_id, object_id)
        case ObjectKind.MEMBERSHIP:
            fact = shops.membership(tenant_id, object_id)
    return _with_addresses(_with_customer(fact, tenant_id, shops), tenant_id, shops)


def _with_customer(fact: Fact, tenant_id: str, shops: Shops) -> Fact:
    """Return the object with the customer's full record in place of the short one inside it."""
    person = fact.person
    is_full = isinstance(fact, Registration)
    if is_full or not lacks_contact(person) or person.customer.id is None:
        return fact
    try:
        known = shops.customer(tenant_id, person.customer.id)
    except ShopError as error:
        if error.refusal not in _NO_RECORD:
            raise
        return fact  # the customer's record was deleted, or cannot be asked for
    return replace(fact, person=structs.replace(person, customer=known.person.customer))


def _with_addresses(fact: Fact, tenant_id: str, shops: Shops) -> Fact:
    """Return the object with its customer's addresses, where no other says which law applies.

    A membership names its bill-to by an id in the address book, which is always asked for it. The
    book is optional: a shop that refuses it does not postpone the look-up.
    """
    person = fact.person
    is_needed = isinstance(fact, Membership) or lacks_place(person)
    if not is_needed or person.customer.id is None:
        return fact
    try:
        book = shops.addresses(tenant_id, person.customer.id)
    except ShopError as error:
        if error.refusal not in _TOLERATED:
            raise
        return fact
    bill_to_id = fact.bill_to_id if isinstance(fact, Membership) else None
    return replace(fact, person=_with_address_book(person, dict(book), bill_to_id))


def _with_address_book(person: Person, book: dict[str, Address], bill_to_id: str | None) -> Person:
    bill_to = book.pop(bill_to_id, person.bill_to) if bill_to_id else person.bill_to
    return structs.replace(person, bill_to=bill_to, elsewhere=(*person.elsewhere, *book.values()))
