"""Forget a customer on behalf of a staff member, while that person waits."""

from datetime import timedelta

from service.domain.shop.staff import StaffMember
from service.domain.tenants.audit import AuditEntry, log_change
from service.ports import Services
from service.usecases.eventlog.erase_customer import Erased, erase_customer

_LOOKS_UP_FOR = timedelta(seconds=15)
"""How long open events may have the shop asked whose they are: a person waits, in a thread."""


def forget_customer(
    tenant_id: str, *, email: str, customer_id: str, by: StaffMember, services: Services
) -> Erased:
    """Erase this customer's waiting events, and note in the audit trail that it was done.

    The trail names the staff member and never the customer. Its entry comes first, as with
    settings: two entries are better than none.

    Raises:
        StoreUnavailableError: some events may be left; do it again.
    """
    now = services.clock()
    changes = (log_change("the data of one customer", "deleted"),)
    entry = AuditEntry(at=now, who=by.name, who_id=by.id, changes=changes)
    services.audit.add(tenant_id, entry)
    return erase_customer(
        tenant_id,
        email=email,
        customer_id=customer_id,
        services=services,
        look_up_until=now + _LOOKS_UP_FOR,
    )
