"""Parsing of Commerce7's install and uninstall calls. Pure.

Reference: Commerce7 developer documentation, "App Development", installation. The person who
installed and the winery's settings of the app's version, also in the body, are never read.
"""

from service.commerce7.fields import Fields
from service.commerce7.json_text import decode_json
from service.domain.tenants.tenant import is_tenant_id


def parse_lifecycle_call(body: bytes) -> str | None:
    """Return the tenant's id; `None` if there is no valid one.

    Raises:
        NotJsonError: the bytes are no JSON.
    """
    tenant_id = Fields(decode_json(body)).text("tenantId") or ""
    return tenant_id if is_tenant_id(tenant_id) else None
