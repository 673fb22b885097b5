"""Commerce7's install and uninstall calls: bytes in, a tenant out. Pure.

Reference: Commerce7 developer documentation, "App Development", installation. The body also names
the person who installed; we have no use for them, and what the winery may have typed into
settings of the app's version is never read.
"""

from service.commerce7.fields import Fields
from service.commerce7.json_text import decode_json
from service.domain.tenants.tenant import is_tenant_id


def parse_lifecycle_call(body: bytes) -> str | None:
    """Return the id of the tenant that these bytes are about, `None` if they name no possible one.

    Raises:
        NotJsonError: the bytes are no JSON.
    """
    tenant_id = Fields(decode_json(body)).text("tenantId") or ""
    return tenant_id if is_tenant_id(tenant_id) else None
