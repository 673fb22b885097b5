"""Links to objects in Commerce7's admin. Pure.

Only the path of an order is known to be right. Objects whose path is not known get no link: a
wrong one leads a merchant to an error page.
"""

from urllib.parse import quote

from service.domain.shop.signal import ObjectKind


def admin_link(admin_url: str, *, kind: str, object_id: str) -> str | None:
    """Return the address of the object's page; `None` if it is not known, or there is no id."""
    if kind != ObjectKind.ORDER or not object_id:
        return None
    return f"{admin_url.rstrip('/')}/store/order/{quote(object_id, safe='')}"
