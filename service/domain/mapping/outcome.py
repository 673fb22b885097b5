"""The possible outcomes of a signal."""

from datetime import datetime

from msgspec import Struct

from service.domain.events.event import ActionSource, CustomData, Event
from service.domain.events.reason import NO_DETAILS, Details, Reason
from service.domain.shop.order import Channel


class Waiting(Struct, frozen=True):
    """Not an event yet; a later signal about the same object may make it one.

    The shop is asked for the object at `ask_at`, if no signal comes before.
    """

    reason: Reason
    ask_at: datetime | None = None


class Skipped(Struct, frozen=True):
    """Not an event. A later signal changes that only if the reason `may_change`.

    Webhooks come in any order: a cancellation may arrive before the sale that it cancels.
    """

    reason: Reason
    may_change: bool = False
    details: Details = NO_DETAILS


class Times(Struct, frozen=True, kw_only=True):
    """The times that a decision needs beside the object's own.

    `received_at` is when the object's signal arrived, and `waiting_since` when its record began to
    wait, if it does.
    """

    now: datetime
    received_at: datetime
    waiting_since: datetime | None = None


class Happened(Struct, frozen=True, kw_only=True):
    """What has happened, before the tenant's choices and Meta's rules are applied.

    `page` is the plain name (`checkout`) of the storefront's page, for what happened on the web.
    Unless it `has_shoppers_browser`, the object's IP address and browser are not the shopper's.
    """

    at: datetime
    source: ActionSource
    channel: Channel | None = None
    page: str | None = None
    has_shoppers_browser: bool = True
    custom: CustomData = CustomData()
    subscription_id: str | None = None


MappingResult = Happened | Waiting | Skipped
Outcome = Event | Waiting | Skipped
