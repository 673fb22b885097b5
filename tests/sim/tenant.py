"""A winery that uses the service: its settings, pixels and tokens."""

from dataclasses import dataclass, field
from datetime import datetime

from service.domain.tenants.tenant import Pixel as PixelSetting
from service.domain.tenants.tenant import Pixels, Role, TenantSettings
from tests.sim.objects import CANARY, ShopObject


@dataclass
class Credential:
    """A pixel's id or a token, its winery and role, and when the winery replaced it."""

    tenant_id: str
    role: Role
    replaced_at: datetime | None = None


@dataclass
class SimTenant:
    """A winery. If it `must_deliver`, all of its events must reach its pixels in the end.

    `recovered_at` is when the last known obstacle (such as an invalid token) was removed.
    """

    number: int
    settings: TenantSettings = field(default_factory=TenantSettings)
    tokens: dict[Role, str] = field(default_factory=dict)
    objects: list[ShopObject] = field(default_factory=list)
    credentials: dict[str, Credential] = field(default_factory=dict)
    scenario: str = ""
    must_deliver: bool = True
    recovered_at: datetime | None = None
    ids_made: int = 0
    unsaved: dict[Role, str] = field(default_factory=dict)
    is_saving: bool = False

    @property
    def tenant_id(self) -> str:
        """Return the winery's id at Commerce7."""
        return f"winery-{self.number}"

    def new_pixel_id(self, role: Role) -> str:
        """Return the id of a new pixel."""
        self.ids_made += 1
        pixel_id = f"{self.number}{1 + [*Role].index(role)}{self.ids_made:010d}"
        self.credentials[pixel_id] = Credential(self.tenant_id, role)
        return pixel_id

    def new_token(self, role: Role) -> str:
        """Return a new token."""
        self.ids_made += 1
        token = f"EAA{CANARY}-{self.number}-{role}-{self.ids_made}"
        self.credentials[token] = Credential(self.tenant_id, role)
        return token

    def pixels_with(self, role: Role, pixel_id: str) -> Pixels:
        """Return the winery's pixels with another one in this role."""
        now, other = self.settings.pixels, PixelSetting(id=pixel_id)
        if role is Role.PRIMARY:
            return Pixels(primary=other, secondary=now.secondary)
        return Pixels(primary=now.primary, secondary=other)

    def mark_replaced(self, saved: TenantSettings, *, now: datetime) -> None:
        """Record that all pixels and tokens that are no longer in use were replaced by `now`."""
        in_use = {
            *self.tokens.values(),
            *(settings.pixel_of(role) for settings in (saved, self.settings) for role in Role),
        }
        for name, credential in self.credentials.items():
            is_mine = credential.tenant_id == self.tenant_id
            if is_mine and name not in in_use and credential.replaced_at is None:
                credential.replaced_at = now
