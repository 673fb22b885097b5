"""Requests of the dashboard, with a session of a winery's owner."""

from datetime import UTC, datetime

from service.domain.tenants.session import opened
from service.infra.sessions import SignedSessions
from tests.builders import OLIVE
from tests.e2e.harness import TENANT

_KEYS = ["invented"]  # SESSION_KEYS of tests.e2e.harness.Service


def staff(tenant_id: str = TENANT) -> dict[str, str]:
    """Return the headers of a request by the owner."""
    session = opened(tenant_id, OLIVE, now=datetime.now(UTC))
    return {"Authorization": f"Bearer {SignedSessions(_KEYS).sign(session)}"}
