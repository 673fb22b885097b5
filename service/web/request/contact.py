"""Whom a winery's e-mails name."""

from service.domain.mail.mail import Contact
from service.web.request.current import settings


def contact_of(tenant_id: str) -> Contact:
    """Return where the winery's e-mails lead to, and who helps."""
    return Contact(
        admin_url=settings().admin_url(tenant_id), support_email=settings().support_email
    )
