"""The rules that all events share: the tenant's switches, Meta's window, identity, data use."""

from datetime import datetime

from service.domain.copies import replace
from service.domain.events.event import ActionSource, Event, EventName, Identity, window_of
from service.domain.events.identify import identify
from service.domain.events.limited_data_use import data_use_for
from service.domain.events.match_keys import is_matchable
from service.domain.events.own_customer import is_own_customer
from service.domain.events.reason import Reason
from service.domain.mapping.outcome import Happened, Skipped
from service.domain.shop.person import ClientInfo, Person
from service.domain.tenants.shop_facts import with_shop_facts
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import why_unwanted


def settle(
    happened: Happened,
    *,
    name: EventName,
    event_id: str,
    person: Person,
    tenant: Tenant,
    now: datetime,
) -> Event | Skipped:
    """Return the event that is to be sent, or why none is.

    The switches are checked only after the mapping, so that the log distinguishes a refund from a
    sale that the winery chose not to send.
    """
    if skipped := _not_wanted(happened, name, tenant=tenant, now=now):
        return skipped
    event = Event(
        name=name,
        event_id=event_id,
        occurred_at=min(happened.at, now),
        action_source=happened.source,
        page=happened.page,
        identity=Identity(subscription_id=happened.subscription_id),
        custom=happened.custom,
    )
    seen = person if happened.has_shoppers_browser else replace(person, connection=ClientInfo())
    return with_person(with_shop_facts(event, tenant), seen, tenant=tenant)


def with_person(event: Event, person: Person, *, tenant: Tenant) -> Event | Skipped:
    """Return the event with this person's identity, or why it cannot be sent."""
    settings = tenant.settings
    shop_name = tenant.shop.name if tenant.shop else None
    if is_own_customer(person, domains=settings.shop_hosts, name=shop_name):
        return Skipped(Reason.OWN_CUSTOMER, may_change=True)
    is_seen_online = event.action_source is ActionSource.WEBSITE
    identity = identify(
        person,
        is_seen_online=is_seen_online,
        subscription_id=event.identity.subscription_id,
    )
    if not is_matchable(identity):
        return Skipped(Reason.NO_MATCH_KEYS, may_change=True)
    customer = person.customer
    data_use = data_use_for(
        (person.bill_to, customer.address, *person.elsewhere),
        other_states=settings.ldu_other_states,
    )
    return replace(event, identity=identity, data_use=data_use)


def _not_wanted(
    happened: Happened, name: EventName, *, tenant: Tenant, now: datetime
) -> Skipped | None:
    if happened.at < now - window_of(happened.source):
        return Skipped(Reason.TOO_OLD, may_change=True)
    unwanted = why_unwanted(tenant, name, channel=happened.channel)
    return Skipped(unwanted.reason, details=unwanted.details) if unwanted else None
