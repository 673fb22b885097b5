"""Count a winery's events into its daily records, each once (docs/adr/0039).

The mark up to which events are counted stands in the same record as their counters, so both change
in one write: a count that is killed, repeated or done twice at once counts nothing twice.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from itertools import takewhile

from msgspec import Struct

from service.domain.copies import replace
from service.domain.figures.daily_record import DailyRecord, first_day_kept
from service.domain.figures.tally import CountedEvent, DayTally
from service.domain.records.counting import counted_event
from service.domain.shop.time_zone import start_of_day
from service.domain.tenants.tenant import Tenant
from service.ports import Final, QueueUnavailableError, Services
from service.usecases.tasks import counting_task

_AT_A_TIME = 200
_MOST_PAGES = 6


class Counted(Struct, frozen=True, kw_only=True):
    """The result of a count. Unless it `is_done`, there are more events to count.

    `day` is that of the record with the last counters, if there are any.
    """

    events: int = 0
    is_done: bool = True
    day: date | None = None


class _Place(Struct, frozen=True):
    """The record with the last counters, and its mark; both are `None` before the first ones."""

    day: date | None
    mark: str | None


def count_regularly(tenant_id: str, *, now: datetime, services: Services) -> Counted:
    """Count the winery's events, and plan the next count; a task goes on with what is left.

    Raises:
        StoreUnavailableError: some are counted, perhaps; the next count does the rest.
    """
    tenant = services.tenants.find(tenant_id)
    if tenant is None:
        return Counted()
    done = count_events(tenant, now=now, services=services)
    _plan(tenant_id, done, now=now, services=services)
    if not done.is_done:
        with suppress(QueueUnavailableError):  # the next hour's count goes on as well
            services.queue.enqueue(counting_task(tenant_id, due_at=now, by=services.new_id()))
    return done


def count_events(tenant: Tenant, *, now: datetime, services: Services) -> Counted:
    """Count the events that have become final since the last count, 1,200 at most.

    Raises:
        StoreUnavailableError: some are counted, perhaps; the next count does the rest.
    """
    events = 0
    place = _last_place(tenant, now=now, services=services)
    for _ in range(_MOST_PAGES):
        page = services.events.final(tenant.id, after=place.mark, now=now, limit=_AT_A_TIME)
        place, number = _count_page(tenant, page, place, now=now, services=services)
        events += number
        if len(page) < _AT_A_TIME:
            return Counted(events=events, day=place.day)
    return Counted(events=events, is_done=False, day=place.day)


def _last_place(tenant: Tenant, *, now: datetime, services: Services) -> _Place:
    zone = tenant.settings.timezone
    since = tenant.counting.day or first_day_kept(start_of_day(now, zone).date())
    counted = [each for each in services.days.since(tenant.id, since) if each.tally]
    return _place_of(counted[-1]) if counted else _Place(None, None)


def _place_of(record: DailyRecord) -> _Place:
    return _Place(record.day, record.tally.counted_until if record.tally else None)


def _count_page(
    tenant: Tenant, page: Sequence[Final], place: _Place, *, now: datetime, services: Services
) -> tuple[_Place, int]:
    """Add the events of the page to their days, one after the other.

    Return where the counters stand then, and how many events were added. Where another process has
    counted meanwhile, the rest of the page is left to the next look.
    """
    found = [(each.mark, counted_event(each.record) if each.record else None) for each in page]
    number = 0
    while found:
        batch = _of_one_day(tenant, found, place, now=now)
        place, is_ours = _count_batch(tenant, batch, place, services=services)
        if not is_ours:
            break
        number += len(batch.events)
        found = found[batch.length :]
    return place, number


class _Batch(Struct, frozen=True, kw_only=True):
    """The first events of a page, which go into the record of one day; `until` is their mark."""

    day: date
    length: int
    until: str
    events: Sequence[CountedEvent]


def _of_one_day(
    tenant: Tenant,
    found: Sequence[tuple[str, CountedEvent | None]],
    place: _Place,
    *,
    now: datetime,
) -> _Batch:
    """Return the first events that go into one record.

    Its day depends on where counting began and on the first event alone, so two who count at once
    choose the same one, and only one of them changes it.
    """
    zone = tenant.settings.timezone
    first_kept = first_day_kept(start_of_day(now, zone).date())

    def day_of(event: CountedEvent | None) -> date:
        return start_of_day(event.at, zone).date() if event else date.min

    day = max(place.day or date.min, day_of(found[0][1]), first_kept)
    batch = list(takewhile(lambda each: day_of(each[1]) <= day, found))
    events = [event for _, event in batch if event and day_of(event) >= first_kept]
    return _Batch(day=day, length=len(batch), until=batch[-1][0], events=events)


def _count_batch(
    tenant: Tenant, batch: _Batch, place: _Place, *, services: Services
) -> tuple[_Place, bool]:
    """Add the events to their day; return where the counters stand then, and whether they fit."""
    zone, until = tenant.settings.timezone, batch.until
    began_at = place.mark if batch.day == place.day else None

    def changed(record: DailyRecord) -> DailyRecord:
        if _place_of(record).mark != began_at:
            return record  # another process has counted these
        tally = record.tally or DayTally(counted_until=until)
        return replace(
            record, tally=tally.with_events(batch.events, zone=zone, counted_until=until)
        )

    after = _place_of(services.days.update(tenant.id, batch.day, changed))
    return after, after.mark == until


def _plan(tenant_id: str, done: Counted, *, now: datetime, services: Services) -> None:
    def planned(known: Tenant) -> Tenant:
        counting = known.counting.counted(has_found=done.events > 0, day=done.day, now=now)
        return replace(known, counting=counting)

    services.tenants.update(tenant_id, lambda known: known and planned(known))
