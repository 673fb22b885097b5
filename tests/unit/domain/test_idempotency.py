from datetime import timedelta

from service.domain.event import EventName
from service.domain.idempotency import Source, event_key, task_name
from service.domain.tenant import Role
from tests.builders import NOW, TENANT

ORDER = Source(kind="order", id="1")


class TestEventKey:
    def test_is_another_for_each_of_its_parts(self) -> None:
        keys = {
            event_key(TENANT, ORDER, EventName.PURCHASE),
            event_key("other-winery", ORDER, EventName.PURCHASE),
            event_key(TENANT, Source(kind="cart", id="1"), EventName.PURCHASE),
            event_key(TENANT, Source(kind="order", id="2"), EventName.PURCHASE),
            event_key(TENANT, ORDER, EventName.LEAD),
        }
        assert len(keys) == 5

    def test_does_not_run_its_parts_together(self) -> None:
        one = event_key("winery-1", Source(kind="order", id="2"), EventName.LEAD)
        assert one != event_key("winery-", Source(kind="1order", id="2"), EventName.LEAD)

    def test_is_the_same_in_every_version(self) -> None:
        key = event_key(TENANT, ORDER, EventName.PURCHASE)
        assert key == "bc55c064b385fac91d3bc6df3ebbfc266d34fd0e4d1cbe723ff4a4d96ce6367f"

    def test_survives_half_a_character(self) -> None:
        assert event_key(TENANT, Source(kind="order", id="\ud800"), EventName.PURCHASE)


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
