"""A winery's counters: every final event once, with kills and doubles."""

from datetime import date, datetime, timedelta
from random import Random
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.events.event import WEBSITE_EVENTS, ActionSource, CustomData, EventName
from service.domain.events.match_keys import WORDS
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.figures.daily_record import DailyRecord
from service.domain.figures.figures import last_hours
from service.domain.records.job import JobKind, begun
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Channel
from service.domain.tenants.counting import COUNTED_EVERY, IDLE_COUNTED_EVERY, Counting
from service.domain.tenants.tenant import Due, Role, Tenant
from service.ports import Days
from service.usecases.eventlog.clear_log import clear_step
from service.usecases.eventlog.retention import apply_retention
from service.usecases.figures.count_events import Counted, count_events, count_regularly
from service.usecases.figures.read_figures import read_figures
from service.usecases.task_bodies import CountEvents, parse_task
from service.usecases.tenants.erase_tenant import erase_tenant
from tests.builders import NOW, OLIVE, TENANT, a_delivery, a_record, some_settings, two_pixels
from tests.conftest import World
from tests.recount import counted, recount
from tests.tenants import put
from tests.unit.usecases.interruptions import followed, preceded, rewrite

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ADELAIDE = "Australia/Adelaide"  # half an hour off


def a_final_record(number: int, at: datetime, random: Random) -> EventRecord:
    """Return one that was sent or skipped then, of any kind."""
    status = random.choice((DeliveryStatus.SENT,) * 3 + (DeliveryStatus.SKIPPED,))
    reason = Reason.TOO_LATE if status is DeliveryStatus.SKIPPED else None
    final = closed(a_delivery(), status=status, reason=reason, now=at)
    record = a_record(
        key=str(number),
        name=random.choice(list(EventName)),
        channel=random.choice((None, *Channel)),
        received_at=at,
        updated_at=at,
        occurred_at=at - random.random() * 5 * HOUR,
        action_source=ActionSource.WEBSITE,
        deliveries={Role.PRIMARY: final, Role.SECONDARY: a_delivery()},
        match_keys=tuple(word for word in WORDS.values() if random.random() < 0.6),
        custom=CustomData(value=Money(minor=random.randint(1, 99999), currency="USD")),
        is_test=random.random() < 0.1,
    )
    if random.random() < 0.2:
        return replace(record, deliveries={}, state=Status.SKIPPED, reason=Reason.FRAUD)
    return record


def fill(world: World, number: int, *, since: timedelta, seed: int = 1) -> list[EventRecord]:
    """Let so many events become final, evenly until now; return their records."""
    random = Random(seed)
    step = since / number
    times = [NOW - since + each * step for each in range(1, number + 1)]
    records = [a_final_record(seed * 10_000 + n, at, random) for n, at in enumerate(times)]
    for record in records:
        assert world.services.events.add(record)
    return records


def tenant_of(world: World) -> Tenant:
    tenant = world.services.tenants.find(TENANT)
    assert tenant
    return tenant


def count(world: World) -> Counted:
    return count_events(tenant_of(world), now=world.clock(), services=world.services)


def days(world: World) -> list[DailyRecord]:
    return list(world.services.days.since(TENANT, date.min))


class TestCounters:
    @pytest.mark.parametrize("zone", [None, "America/Los_Angeles", ADELAIDE])
    def test_equal_a_recount_of_the_records(self, world: World, zone: str | None) -> None:
        world.install(some_settings(timezone=zone, pixels=two_pixels()))
        records = fill(world, 700, since=timedelta(days=9))
        assert count(world).is_done
        assert counted(days(world)) == recount(records)
        for each in days(world):
            assert each.tally
            there = {hour.astimezone(tz_of(zone)) for hour in each.tally.hours}
            assert {(hour.date(), hour.minute) for hour in there} == {(each.day, 0)}

    def test_are_not_added_twice(self, world: World) -> None:
        world.install()
        first = fill(world, 300, since=timedelta(days=3))
        assert count(world).events == len([each for each in first if not each.is_test])
        assert count(world) == Counted(events=0, day=days(world)[-1].day)
        second = fill(world, 300, since=timedelta(days=1), seed=2)
        count(world)
        assert counted(days(world)) == recount([*first, *second])

    def test_are_not_added_twice_by_two_at_once(self, world: World) -> None:
        """The other one counts everything after the first page was read."""
        world.install()
        records = fill(world, 500, since=timedelta(days=3))
        others = followed(world.services.events, "final", by=lambda: count(world))
        count_events(tenant_of(world), now=NOW, services=replace(world.services, events=others))
        assert counted(days(world)) == recount(records)

    @pytest.mark.parametrize("killed_at", [1, 2, 3, 4, 5])
    @pytest.mark.parametrize("wrap", [preceded, None])
    def test_survive_a_kill_at_any_write(self, world: World, killed_at: int, wrap: object) -> None:
        world.install()
        records = fill(world, 500, since=timedelta(days=3))

        class Killed(BaseException):
            pass

        calls = 0

        def die() -> None:
            nonlocal calls
            calls += 1
            if calls == killed_at:
                raise Killed

        port = preceded(world.services.days, "update", by=die, at=None)
        if wrap is None:
            port = cast("Days", _After(world.services.days, die))
        with pytest.raises(Killed):
            count_events(tenant_of(world), now=NOW, services=replace(world.services, days=port))
        assert count(world).is_done
        assert counted(days(world)) == recount(records)

    def test_do_not_wait_for_the_other_pixel(self, world: World) -> None:
        world.install(some_settings(pixels=two_pixels()))
        sent = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)
        for role in Role:
            deliveries = {**dict.fromkeys(Role, a_delivery()), role: sent}
            world.services.events.add(a_record(key=role, deliveries=deliveries))
        count(world)
        assert counted(days(world)).sent == {EventName.PURCHASE: 1}

    def test_stand_in_one_record_a_day_that_goes_with_the_tenant(self, world: World) -> None:
        world.install()
        fill(world, 50, since=timedelta(days=2))
        count(world)
        assert len(days(world)) == 3
        erase_tenant(TENANT, services=world.services)
        assert days(world) == []


class TestACount:
    def test_takes_1200_at_most_and_the_next_task_goes_on(self, world: World) -> None:
        world.install()
        records = fill(world, 1500, since=timedelta(hours=2))
        put(world.services.tenants, TENANT, counting=Counting())
        assert not count_regularly(TENANT, now=NOW, services=world.services).is_done
        (task,) = world.queue.tasks
        assert parse_task(task.body) == CountEvents(tenant_id=TENANT)
        world.run_tasks()
        assert counted(days(world)) == recount(records)

    def test_is_due_at_once_then_hourly_and_more_seldom_when_nothing_comes(
        self, world: World
    ) -> None:
        world.install()
        put(world.services.tenants, TENANT, counting=Counting())
        fill(world, 10, since=HOUR)
        world.sweep()
        world.run_tasks()
        today = days(world)[-1].day
        first = Counting(at=NOW + COUNTED_EVERY, since=NOW, day=today)
        assert tenant_of(world).counting == first
        tenants, at = world.services.tenants, NOW + COUNTED_EVERY
        assert tenants.due(Due.COUNTING, now=at - timedelta(seconds=1), limit=9) == []
        assert tenants.due(Due.COUNTING, now=at, limit=9) == [TENANT]
        world.clock.advance(COUNTED_EVERY)
        count_regularly(TENANT, now=at, services=world.services)
        assert tenant_of(world).counting == replace(first, at=world.clock() + IDLE_COUNTED_EVERY)

    def test_leaves_out_what_is_too_old_to_be_kept(self, world: World) -> None:
        world.install()
        random = Random(1)
        old = a_final_record(1, NOW - timedelta(days=150), random)
        assert world.services.events.add(replace(old, is_test=False))
        new = fill(world, 5, since=HOUR)
        assert count(world).is_done
        assert counted(days(world)) == recount(new)


class TestWhatLeavesTheLog:
    def test_is_counted_before(self, world: World) -> None:
        """By Clear Log at once, and by age: it may be old when it becomes final."""
        world.install(some_settings(retention_days=7))
        records = [*fill(world, 30, since=HOUR), *fill(world, 30, since=15 * DAY, seed=2)]
        for record in records[::2]:
            rewrite(world, record.key, received_at=NOW - 15 * DAY)
        apply_retention(TENANT, now=NOW, services=world.services)
        assert counted(days(world)) == recount(records)
        fresh = fill(world, 30, since=HOUR, seed=3)
        view = LogView(show=Show.ALL)
        job = begun(JobKind.CLEAR, view, job_id="1", by=OLIVE, total=0, is_least=False, now=NOW)
        clear_step(tenant_of(world), job, now=NOW, services=world.services)
        assert counted(days(world)) == recount([*records, *fresh])


class TestFigures:
    def test_of_a_period_equal_a_recount_of_it(self, world: World) -> None:
        world.install(some_settings(timezone=ADELAIDE))
        records = fill(world, 900, since=timedelta(days=20))
        for hours in (24, 7 * 24):
            period = last_hours(hours, now=NOW, zone=ADELAIDE)
            read = read_figures(tenant_of(world), period, services=world.services)
            assert read.before
            for part, figures in ((period, read.figures), (period.before, read.before)):
                within = [each for each in records if part.since <= final_at(each) < part.until]
                truth = recount(within)
                assert figures.total.sent == truth.sent
                assert figures.value == truth.cents
                skipped = sum(figures.skipped.values()) + figures.skipped_website_events
                assert skipped == truth.skipped.total()
                delays = sorted(
                    final_at(each) - each.occurred_at
                    for each in within
                    if each.name not in WEBSITE_EVENTS and not each.is_test and each.occurred_at
                    and each.deliveries and each.status != Status.SKIPPED
                    and each.deliveries[Role.PRIMARY].status is DeliveryStatus.SENT
                )  # fmt: skip
                half = figures.delay(0.5)
                assert half
                assert half >= delays[(len(delays) - 1) // 2]
                assert half <= 4 * delays[(len(delays) - 1) // 2] + timedelta(seconds=1)
            assert read.coverage
            assert not read.is_partial

    def test_have_none_before_counting_began(self, world: World) -> None:
        world.install()
        put(world.services.tenants, TENANT, counting=Counting(since=NOW - timedelta(hours=30)))
        period = last_hours(24, now=NOW, zone=None)
        read = read_figures(tenant_of(world), period, services=world.services)
        assert (read.before, read.is_partial) == (None, False)
        week = last_hours(7 * 24, now=NOW, zone=None)
        assert read_figures(tenant_of(world), week, services=world.services).is_partial

    def test_count_in_the_log_what_may_still_change(self, world: World) -> None:
        world.install()
        for number, status in enumerate((DeliveryStatus.HELD, DeliveryStatus.ERROR) * 2):
            ended = replace(a_delivery(), status=status, reason=Reason.TOKEN_MISSING, due_at=None)
            at = NOW - timedelta(days=number)
            world.services.events.add(
                a_record(key=str(number), received_at=at, deliveries={Role.PRIMARY: ended})
            )
        period = last_hours(24 * 2, now=NOW, zone=None)
        read = read_figures(tenant_of(world), period, services=world.services)
        assert (read.held, read.failed) == (1, 1)
        assert read.figures.conversions == 0


class _After:
    """Daily records whose writer dies right after a write."""

    def __init__(self, port: Days, die: object) -> None:
        self._port, self._die = port, die

    def __getattr__(self, name: str) -> object:
        known = getattr(self._port, name)
        if name != "update":
            return known

        def update(*args: object) -> object:
            done = known(*args)
            self._die()  # type: ignore[operator]  # any function
            return done

        return update


def final_at(record: EventRecord) -> datetime:
    first = record.deliveries.get(Role.PRIMARY)
    return (first.finished_at if first else None) or record.updated_at


def tz_of(zone: str | None) -> ZoneInfo:
    return ZoneInfo(zone or "UTC")
