"""What the sandbox has to know of the service, and which credentials both sides share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """One winery, the service that it has installed, and Meta's pixels with their tokens.

    All credentials are invented: they open nothing outside the sandbox.
    """

    service_url: str
    webhook_user: str
    webhook_password: str = field(repr=False)
    pixels: Mapping[str, str] = field(repr=False)
    tenant_id: str = "sandbox-winery"
    app_id: str = "sandbox-app"
    app_secret: str = field(default="sandbox-secret", repr=False)
    clock: Callable[[], datetime] = utc_now

    @property
    def dashboard_path(self) -> str:
        """The page of the admin that shows the service in its frame."""
        return f"/commerce7/admin/{self.tenant_id}"
