"""Links to objects in Commerce7's admin. Pure.

The order's path is seen in public use; the two others follow its pattern and are unconfirmed.
"""

from urllib.parse import quote

from service.domain.shop.signal import ObjectKind

_PATHS = {
    ObjectKind.ORDER: "store/order",
    ObjectKind.MEMBERSHIP: "club/club-membership",
    ObjectKind.RESERVATION: "reservation/reservation",
}


def admin_link(admin_url: str, *, kind: str, object_id: str) -> str | None:
    """Return the address of the object's page; `None` if it has no page, or no id."""
    path = next((path for known, path in _PATHS.items() if known == kind), None)
    if path is None or not object_id:
        return None
    return f"{admin_url.rstrip('/')}/{path}/{quote(object_id, safe='')}"
