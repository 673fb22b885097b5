"""Notice a winery whose sign-ups are all taken for records that its staff made."""

from datetime import datetime, timedelta

from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.records.log_view import LogView
from service.ports import Services

_WITHIN = timedelta(days=7)
_FEWEST, _MOST = 5, 20


def are_sign_ups_all_by_staff(tenant_id: str, *, now: datetime, services: Services) -> bool:
    """Tell whether the week's newest sign-ups were all skipped as made by staff, of five or more.

    Commerce7 documents the user of a webhook only as the one who acted; a winery where it names a
    shopper by something else than an e-mail address of the record would lose every sign-up.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    view = LogView(event=EventName.COMPLETE_REGISTRATION, since=now - _WITHIN)
    rows = services.events.page(tenant_id, view, after=None, limit=_MOST)
    are_by_staff = all(each.record.reason is Reason.NOT_A_SIGN_UP for each in rows)
    return len(rows) >= _FEWEST and are_by_staff
