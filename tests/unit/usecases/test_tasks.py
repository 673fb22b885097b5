from datetime import timedelta

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.job import JobKind
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord
from service.domain.shop.order import Channel
from service.domain.tenants.tenant import Role
from service.ports import Task
from service.usecases.task_bodies import (
    AnyTask,
    CheckInstallation,
    LookUpObject,
    MalformedTaskError,
    NotifyAlerts,
    ReadShop,
    ReleaseParked,
    SendDelivery,
    WorkOnJob,
    parse_task,
)
from service.usecases.tasks import (
    enqueue_steps,
    lookup_task,
    postponed_task,
    shop_task,
)
from tests.builders import NOW, TENANT, a_delivery, a_record
from tests.fakes import ListQueue

SECOND = timedelta(seconds=1)


def tasks_of(record: EventRecord) -> list[Task]:
    queue = ListQueue()
    enqueue_steps(record, queue=queue)
    return queue.tasks


class TestATask:
    def test_is_the_same_until_its_delivery_takes_a_step(self) -> None:
        record = a_record()
        (task,) = tasks_of(record)

        assert tasks_of(replace(record, updated_at=NOW + SECOND)) == [task]
        stepped = replace(a_delivery(), due_at=NOW + SECOND)
        assert tasks_of(replace(record, deliveries={Role.PRIMARY: stepped}))[0].name != task.name

    def test_of_a_lookup_is_the_same_until_it_is_postponed(self) -> None:
        lookup = Lookup(sealed_id="sealed", asked_at=NOW, due_at=NOW)
        asked = a_record(deliveries={}, lookup=lookup)
        later = replace(asked, lookup=replace(lookup, due_at=NOW + SECOND))

        assert tasks_of(asked) == [lookup_task(asked)]
        assert lookup_task(later).name != lookup_task(asked).name
        assert lookup_task(later, delay=SECOND).delay == SECOND
        assert parse_task(lookup_task(asked).body) == LookUpObject(
            tenant_id=TENANT, event_key=asked.key, is_background=True
        )

    def test_of_a_club_charge_goes_behind_the_orders_of_shoppers(self) -> None:
        orders = [a_record(channel=channel) for channel in (*Channel, None)]
        visit = a_record(name=EventName.LEAD, channel="Club")
        tasks = [task for each in (*orders, visit) for task in tasks_of(each)]
        assert [task.is_bulk for task in tasks] == [
            *(channel is Channel.CLUB for channel in Channel),
            False,
            False,
        ]
        (charge,) = [each for each in orders if each.channel is Channel.CLUB]
        lookup = Lookup(sealed_id="sealed", asked_at=NOW, due_at=NOW)
        assert lookup_task(replace(charge, payload="sealed", lookup=lookup)).is_bulk
        later = postponed_task(charge, Role.PRIMARY, until=NOW + SECOND, now=NOW)
        assert later.is_bulk

    def test_of_a_shop_names_no_event(self) -> None:
        task = shop_task(TENANT, due_at=NOW)
        assert parse_task(task.body) == ReadShop(tenant_id=TENANT)
        assert shop_task(TENANT, due_at=NOW + SECOND).name != task.name

    @pytest.mark.parametrize(
        ("body", "task"),
        [
            (
                b'{"tenant_id":"w","event_key":"k","role":"secondary"}',
                SendDelivery(tenant_id="w", event_key="k", role=Role.SECONDARY),
            ),
            (
                b'{"tenant_id":"w","event_key":"k","about":"shop","walk":null,"job":null}',
                LookUpObject(tenant_id="w", event_key="k"),
            ),
            (
                b'{"tenant_id":"w","event_key":null,"about":"shop","walk":null,"job":null}',
                ReadShop(tenant_id="w"),
            ),
            (b'{"tenant_id":"w"}', ReadShop(tenant_id="w")),
            (
                b'{"tenant_id":"w","event_key":null,"about":"installation","job":null}',
                CheckInstallation(tenant_id="w"),
            ),
            (
                b'{"tenant_id":"w","event_key":null,"about":"waiting","walk":{"next_at":null}}',
                ReleaseParked(tenant_id="w"),
            ),
            (
                b'{"tenant_id":"w","event_key":null,"about":"alerts","walk":null,"job":null}',
                NotifyAlerts(tenant_id="w"),
            ),
            (
                b'{"tenant_id":"w","event_key":null,"about":"job","walk":null,"job":"resend"}',
                WorkOnJob(tenant_id="w", job=JobKind.RESEND),
            ),
        ],
    )
    def test_of_an_older_release_is_understood(self, body: bytes, task: AnyTask) -> None:
        assert parse_task(body) == task

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"tenant_id":7}', b"\xff"])
    def test_that_no_release_wrote_is_refused(self, body: bytes) -> None:
        with pytest.raises(MalformedTaskError):
            parse_task(body)
