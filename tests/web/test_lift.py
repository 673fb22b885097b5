"""How many orders get the click that led to them, and how many get another shopper's."""

import heapq
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import pytest
from flask.testing import FlaskClient

from service.domain.events.browser_signal import JoinKey
from service.domain.events.event import Event, EventName
from service.domain.shop.person import ClientInfo, Customer
from service.ports import Task
from tests.beacons import SHOP, post_bytes
from tests.builders import CASEY, TENANT, a_signal, an_order
from tests.conftest import World
from tests.sandbox.shoppers import USUAL, Beacon, Plan, Sale, Step, Trait, plan

pytestmark = pytest.mark.thorough

SHOPPERS = 500
HALF_FROM_ADS = {**USUAL, Trait.AD_CLICK: 0.5}


@dataclass
class Day:
    """A shop's day: its shoppers' hits and orders, and the tasks that follow, each in its time."""

    client: FlaskClient
    world: World
    waiting: list[tuple[datetime, int, Step | Task]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def live(self, planned: Plan, *, with_snippet: bool = True) -> None:
        """Do all of it."""
        for each in planned.steps:
            if with_snippet or isinstance(each, Sale):
                heapq.heappush(self.waiting, (each.at, next(self.numbers), each))
        while self.waiting:
            at, _, step = heapq.heappop(self.waiting)
            self.world.clock.now = max(at, self.world.clock.now)
            if isinstance(step, Beacon):
                body = json.dumps({"tenant": TENANT, **step.body}).encode()
                post_bytes(self.client, body, ip=step.ip, user_agent=step.user_agent)
            elif isinstance(step, Sale):
                self._order(step)
            else:
                self.world.run_task(step)
            self._collect_tasks()

    def _order(self, sale: Sale) -> None:
        customer = Customer(
            id=f"customer-{sale.shopper}", emails=(sale.person.email,), address=CASEY
        )
        order = an_order(
            id=sale.cart_id,
            number=str(5000 + sale.shopper),
            paid_at=sale.at,
            submitted_at=sale.at,
            customer=customer,
            connection=ClientInfo(ip=sale.ip, user_agent=sale.user_agent),
        )
        self.world.receive(a_signal(order))

    def _collect_tasks(self) -> None:
        for task in self.world.queue.tasks:
            self.world.queue.done.add(task.name)
            due = self.world.clock.now + task.delay
            heapq.heappush(self.waiting, (due, next(self.numbers), task))
        self.world.queue.tasks.clear()


def purchases(world: World) -> dict[str, Event]:
    """Return what Meta got of each order, by the order's id."""
    sent = [event for event, *_ in world.meta.sent if event.name is EventName.PURCHASE]
    return {event.event_id.removeprefix("c7-order-"): event for event in sent}


def browsers_of(planned: Plan) -> dict[int, set[str]]:
    """Return the browser ids that each shopper's browsers have told."""
    told: dict[int, set[str]] = {}
    for step in planned.steps:
        if isinstance(step, Beacon):
            told.setdefault(step.shopper, set()).add(step.body["fbp"])
    return told


@pytest.mark.parametrize("hours", [10, 1])
def test_orders_get_their_own_shoppers_click(
    client: FlaskClient, world: World, measured: Callable[[str], None], hours: int
) -> None:
    world.install()
    begun, lasting = world.clock(), timedelta(hours=hours)
    planned = plan(
        SHOPPERS, seed=hours, begun=begun, lasting=lasting, shop_url=SHOP, mix=HALF_FROM_ADS
    )
    Day(client, world).live(planned)

    sent, told = purchases(world), browsers_of(planned)
    assert sent.keys() == {truth.order_id for truth in planned.truth}
    right, wrong = Counter[JoinKey](), Counter[JoinKey]()
    shoppers = {truth.order_id: truth.shopper for truth in planned.truth}
    for stored in world.services.events.newest(TENANT, limit=20 * SHOPPERS):
        record = stored.record
        if record.joined:
            shopper = shoppers[record.object_id]
            is_own = sent[record.object_id].identity.fbp in told.get(shopper, set())
            (right if is_own else wrong)[record.joined.by] += 1
    clicks = {truth.order_id for truth in planned.truth if truth.fbc}
    with_click = {key for key, event in sent.items() if event.identity.fbc}
    device = right[JoinKey.DEVICE] + wrong[JoinKey.DEVICE]
    measured(
        f"lift: hours={hours} shoppers={SHOPPERS} orders={len(sent)} from_ads={len(clicks)}"
        f" with_fbc={len(with_click)} of_ads={len(with_click & clicks) / len(clicks):.0%}"
        f" without_snippet=0 right={_counts(right)} wrong={_counts(wrong)}"
        f" device_wrong={wrong[JoinKey.DEVICE] / max(1, device):.1%}"
    )
    assert set(wrong) <= {JoinKey.DEVICE}
    assert len(with_click) > len(clicks) / 2


def test_orders_of_a_shop_without_the_snippet_get_no_click(
    client: FlaskClient, world: World
) -> None:
    world.install()
    planned = plan(100, seed=1, begun=world.clock(), shop_url=SHOP, mix=HALF_FROM_ADS)
    Day(client, world).live(planned, with_snippet=False)
    sent = purchases(world)
    assert sent.keys() == {truth.order_id for truth in planned.truth}
    assert not any(event.identity.fbc for event in sent.values())


def _counts(counted: Counter[JoinKey]) -> dict[str, int]:
    return {str(key): number for key, number in sorted(counted.items())}
