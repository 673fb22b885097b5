"""No event that a pixel has accepted is sent to it again, whatever the staff do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.copies import replace
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import Event
from service.domain.records.log_view import LogView, Show
from service.usecases.eventlog.start_job import resend_row, start_clear, start_resend
from tests.builders import (
    ACCEPTED,
    BAD_TOKEN,
    DOWN,
    LOST,
    OLIVE,
    REFUSED,
    SLOW_DOWN,
    a_signal,
    an_order,
)
from tests.conftest import World, a_world
from tests.unit.usecases.failures import BOTH, an_order_known, rows, tenant_of

pytestmark = pytest.mark.thorough

ANSWERS = st.sampled_from([ACCEPTED, ACCEPTED, REFUSED, REFUSED, DOWN, LOST, BAD_TOKEN, SLOW_DOWN])
EVERYTHING = LogView(show=Show.ALL)


@dataclass
class Meta:
    """A vendor that gives arbitrary answers, and remembers the events that it has accepted."""

    answers: st.DataObject
    taken: set[tuple[str, str]] = field(default_factory=set)
    repeated: list[tuple[str, str]] = field(default_factory=list)

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        del token, test_code
        verdict = self.answers.draw(ANSWERS)
        seen = (pixel_id, event.event_id)
        if seen in self.taken:
            self.repeated.append(seen)
        if verdict.answer is Answer.ACCEPTED:
            self.taken.add(seen)
        return verdict


@contextmanager
def a_winery(data: st.DataObject) -> Iterator[tuple[World, Meta]]:
    with a_world() as plain:
        meta = Meta(data)
        world = replace(plain, services=replace(plain.services, conversions=meta))
        world.install(BOTH)
        yield world, meta


def receive_order(world: World, number: int) -> None:
    world.receive(a_signal(an_order_known(world, number)))


def receive_update(world: World, number: int) -> None:
    world.receive(a_signal(an_order(id=f"order-{number}", total=1)))


def send_all_again(world: World, _: int) -> None:
    start_resend(tenant_of(world), EVERYTHING, by=OLIVE, services=world.services)


def send_one_again(world: World, number: int) -> None:
    for row in list(rows(world))[number - 1 : number]:
        resend_row(tenant_of(world), row.key, by=OLIVE, services=world.services)


def clear(world: World, _: int) -> None:
    start_clear(tenant_of(world), EVERYTHING, by=OLIVE, services=world.services)


def wait(world: World, number: int) -> None:
    world.clock.advance(timedelta(minutes=30 * number))


def run(world: World, _: int = 1) -> None:
    """Run the present tasks, but not those that they enqueue."""
    for _ in range(3):
        world.run_tasks()
        world.clock.advance(timedelta(minutes=1))


DEEDS = [
    receive_order, receive_update, send_all_again, send_one_again, clear, wait, run,
    lambda world, _: world.sweep(), lambda world, _: world.install(BOTH),
]  # fmt: skip


@settings(max_examples=80)
@given(data=st.data())
def test_what_a_pixel_has_taken_is_never_sent_to_it_again(data: st.DataObject) -> None:
    deeds = data.draw(
        st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(1, 3)), min_size=6, max_size=30)
    )
    with a_winery(data) as (world, meta):
        receive_order(world, 1)
        for deed, number in deeds:
            deed(world, number)
            world.clock.advance(timedelta(seconds=1))
        run(world)
        assert meta.repeated == []
        sent = {row.event_id for row in rows(world) if str(row.status) == "sent"}
        assert sent <= {event_id for _, event_id in meta.taken}
