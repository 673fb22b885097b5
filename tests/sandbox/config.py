"""The sandbox's settings: the service's address, and the credentials that both sides share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.sandbox.meta_read_rules import Registry


def utc_now() -> datetime:
    """Return the machine's time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """One winery, the service that it has installed, and Meta's pixels with their tokens.

    `expiries` holds the expiry of some tokens; the others never expire. `pixel_names` holds the
    names of pixels whose token may read them; the other tokens may only send. `shop_url` is the
    storefront's address, without a slash at the end; empty if there is none.

    All credentials are invented: they are valid only in the sandbox.
    """

    service_url: str
    webhook_user: str
    webhook_password: str = field(repr=False)
    pixels: Mapping[str, str] = field(repr=False)
    expiries: Mapping[str, datetime] = field(default_factory=dict, repr=False)
    pixel_names: Mapping[str, str] = field(default_factory=dict)
    tenant_id: str = "sandbox-winery"
    shop_url: str = ""
    app_id: str = "sandbox-app"
    app_secret: str = field(default="sandbox-secret", repr=False)
    clock: Callable[[], datetime] = utc_now

    @property
    def registry(self) -> Registry:
        """The tokens and pixels of the sandbox's Meta."""
        return Registry(pixels=self.pixels, expiries=self.expiries, names=self.pixel_names)

    @property
    def dashboard_path(self) -> str:
        """The path of the admin page that frames the service."""
        return f"/commerce7/admin/{self.tenant_id}"
