"""Helpers that request the log's pages, and build rows for them."""

from typing import Any

from flask.testing import FlaskClient

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from tests.builders import a_delivery
from tests.conftest import World

TABLE = "/activity/table"


def get(client: FlaskClient, world: World, path: str = TABLE) -> str:
    """Return the text of the page that the winery's staff get at this path."""
    answer = client.get(path, headers=world.staff())
    assert answer.status_code == 200
    return answer.text


def add(world: World, *records: EventRecord) -> None:
    """Add these records to the log."""
    for record in records:
        assert world.services.events.add(record)


def failed(reason: Reason = Reason.EVENT_REFUSED, **changes: Any) -> dict[str, Any]:
    """Return the fields of a record whose only delivery has failed."""
    delivery = a_delivery(status=DeliveryStatus.ERROR, reason=reason, due_at=None, **changes)
    return {"deliveries": {Role.PRIMARY: delivery}}
