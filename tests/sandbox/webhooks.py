"""The topics and the envelope of Commerce7's webhooks. Pure."""

from enum import StrEnum

from tests.sandbox.order_parts import Json, fixed_id


class Topic(StrEnum):
    """The kinds of objects that the sandbox makes, by their names in webhooks (with spaces)."""

    ORDER = "Order"
    CUSTOMER = "Customer"
    MEMBERSHIP = "Club Membership"
    RESERVATION = "Reservation"


def envelope(topic: Topic, payload: Json, action: str, *, tenant_id: str, user: str | None) -> Json:
    """Return the body that Commerce7 posts; `user` is the staff member who acted, if any."""
    return {
        "object": topic.value,
        "action": action,
        "payload": payload,
        "user": user,
        "tenantId": tenant_id,
        "webHookId": fixed_id(f"webhook:{topic.lower()}:{action}"),
    }
