"""What Commerce7's webhooks tell of, and how they are put up. Pure."""

from enum import StrEnum

from tests.sandbox.order_parts import Json, fixed_id


class Topic(StrEnum):
    """The objects that the sandbox makes, as webhooks name them: with spaces."""

    ORDER = "Order"
    CUSTOMER = "Customer"
    MEMBERSHIP = "Club Membership"
    RESERVATION = "Reservation"


def envelope(topic: Topic, payload: Json, action: str, *, tenant_id: str, user: str | None) -> Json:
    """Return the body that Commerce7 posts; `user` names the colleague who acted, if one did."""
    return {
        "object": topic.value,
        "action": action,
        "payload": payload,
        "user": user,
        "tenantId": tenant_id,
        "webHookId": fixed_id(f"webhook:{topic.lower()}:{action}"),
    }
