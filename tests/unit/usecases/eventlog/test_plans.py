"""A dry run reads a bounded part of the log, and says whether that was all."""

from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.events.reason import Reason
from service.domain.records.job import Bound, Counted
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Status
from service.domain.tenants.tenant import Role
from service.ports import Events, Services
from service.usecases.eventlog.clear_log import ClearPlan, plan_clear
from service.usecases.eventlog.resend_failed import plan_resend
from service.usecases.eventlog.start_job import start_clear, start_resend
from tests.builders import NOW, OLIVE, TENANT, a_delivery, a_record
from tests.conftest import World
from tests.unit.usecases.failures import tenant_of

WHOLE = LogView(show=Show.ALL)
FAILED = {
    Role.PRIMARY: closed(
        a_delivery(), status=DeliveryStatus.ERROR, reason=Reason.EVENT_REFUSED, now=NOW
    )
}
SENT = {Role.PRIMARY: closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)}


class Read:
    """A store of events that counts the rows read."""

    def __init__(self, events: Events) -> None:
        self._events, self.rows = events, 0

    def page(self, *args: Any, **kwargs: Any) -> Any:
        found = self._events.page(*args, **kwargs)
        self.rows += len(found)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._events, name)


@pytest.fixture
def read(world: World) -> Read:
    """Return a store of events that counts the rows read."""
    world.install()
    return Read(world.services.events)


def services_with(world: World, read: Read) -> Services:
    return replace(world.services, events=cast("Events", read))


def fill(world: World, number: int, *, first: datetime = NOW, **changes: Any) -> None:
    """Add this many rows to the log, a second apart."""
    for each in range(number):
        at = first + timedelta(seconds=each)
        key = f"{at:%d%H%M%S}{changes.get('state', '')}{each:030}"
        record = a_record(key=key, received_at=at, **changes)
        assert world.services.events.add(record)


class TestSendingAgain:
    def test_looks_at_a_thousand_rows_whatever_their_kind(self, world: World, read: Read) -> None:
        fill(world, 600, deliveries=FAILED)
        fill(world, 600, deliveries={}, state=Status.SKIPPED, reason=Reason.NOT_SET_UP)
        plan = plan_resend(tenant_of(world), WHOLE, services=services_with(world, read))
        assert (plan.total, plan.is_least) == (1000, True)
        assert read.rows == 1000
        assert plan.counted == Counted(total=1000, failed=1000, bound=Bound.LEAST)

    def test_does_not_read_what_was_skipped_too_long_ago(self, world: World, read: Read) -> None:
        fill(world, 1, deliveries=FAILED)
        old = NOW - timedelta(days=63)
        fill(world, 9, first=old, deliveries={}, state=Status.SKIPPED, reason=Reason.REFUND)
        plan = plan_resend(tenant_of(world), WHOLE, services=services_with(world, read))
        assert (plan.total, plan.is_least, read.rows) == (1, False, 1)

    def test_that_was_counted_is_not_counted_again(self, world: World, read: Read) -> None:
        fill(world, 30, deliveries=FAILED)
        counted = Counted(total=30, failed=31)
        services = services_with(world, read)
        job = start_resend(tenant_of(world), WHOLE, by=OLIVE, services=services, counted=counted)
        assert job
        assert (job.total, job.failed, job.is_least, read.rows) == (30, 31, False, 0)


class TestClearing:
    def test_reads_five_hundred_rows_and_counts_the_others(self, world: World, read: Read) -> None:
        fill(world, 700, deliveries=SENT)
        fill(world, 3, first=NOW + timedelta(days=1), deliveries=FAILED)
        fill(world, 2, first=NOW + timedelta(days=2), deliveries={Role.PRIMARY: a_delivery()})
        plan = plan_clear(TENANT, WHOLE, services=services_with(world, read))
        assert plan == ClearPlan(total=703, failed=3, staying=2, is_part=True)
        assert read.rows == 500
        assert plan.counted == Counted(total=703, bound=Bound.MOST)

    def test_is_exact_for_a_log_that_is_read_in_full(self, world: World) -> None:
        fill(world, 5, deliveries=SENT)
        for most in (5, 6):
            plan = plan_clear(TENANT, WHOLE, services=world.services, most=most)
            assert plan == ClearPlan(total=5)

    def test_that_was_counted_is_not_counted_again(self, world: World, read: Read) -> None:
        fill(world, 150, deliveries=SENT)
        counted = Counted(total=150, bound=Bound.MOST)
        services = services_with(world, read)
        job = start_clear(tenant_of(world), WHOLE, by=OLIVE, services=services, counted=counted)
        assert job
        assert (job.total, read.rows) == (150, 0)
        (entry, *_) = world.services.audit.newest(TENANT, limit=1)
        assert entry.changes[0].before == '"up to 150 rows"'
