from datetime import timedelta

from service.domain.events.event import EventName
from service.domain.events.idempotency import event_key, task_name
from service.domain.shop.signal import ObjectKind
from service.domain.tenants.tenant import Role
from tests.builders import NOW, TENANT


def key(
    tenant_id: str = TENANT,
    kind: ObjectKind = ObjectKind.ORDER,
    object_id: str = "1",
    name: EventName = EventName.PURCHASE,
) -> str:
    return event_key(tenant_id, kind=kind, object_id=object_id, name=name)


class TestEventKey:
    def test_differs_with_each_of_its_parts(self) -> None:
        keys = {
            key(),
            key(tenant_id="other-winery"),
            key(kind=ObjectKind.RESERVATION),
            key(object_id="2"),
            key(name=EventName.LEAD),
        }
        assert len(keys) == 5

    def test_does_not_run_its_parts_together(self) -> None:
        assert key(tenant_id="winery-order", object_id="2") != key(
            tenant_id="winery-", object_id="order2"
        )

    def test_is_the_same_in_every_version(self) -> None:
        assert key() == "bc55c064b385fac91d3bc6df3ebbfc266d34fd0e4d1cbe723ff4a4d96ce6367f"

    def test_takes_a_lone_surrogate(self) -> None:
        assert key(object_id="\ud800")


class TestTaskName:
    def test_is_the_same_for_the_same_step_only(self) -> None:
        later = NOW + timedelta(seconds=1)
        names = [
            task_name(TENANT, "key", Role.PRIMARY, due_at=NOW),
            task_name("other-winery", "key", Role.PRIMARY, due_at=NOW),
            task_name(TENANT, "other-key", Role.PRIMARY, due_at=NOW),
            task_name(TENANT, "key", Role.SECONDARY, due_at=NOW),
            task_name(TENANT, "key", Role.PRIMARY, due_at=later),
        ]
        assert len(set(names)) == len(names)
        assert names[0] == task_name(TENANT, "key", Role.PRIMARY, due_at=NOW)
