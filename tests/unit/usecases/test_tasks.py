from dataclasses import replace
from datetime import timedelta

from service.domain.tenant import Role
from service.usecases.tasks import send_task
from tests.builders import NOW, a_delivery, a_record

SECOND = timedelta(seconds=1)


class TestSendTask:
    def test_is_the_same_until_its_delivery_takes_a_step(self) -> None:
        record, delivery = a_record(), a_delivery()
        task = send_task(record, Role.PRIMARY, delivery)

        assert send_task(replace(record, updated_at=NOW + SECOND), Role.PRIMARY, delivery) == task
        stepped = replace(delivery, due_at=NOW + SECOND)
        assert send_task(record, Role.PRIMARY, stepped).name != task.name
