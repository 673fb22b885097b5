"""A winery that uses the service: its settings, pixels and tokens."""

from dataclasses import dataclass, field
from datetime import datetime

from service.domain.tenants.tenant import Pixel as PixelSetting
from service.domain.tenants.tenant import Pixels, Role, TenantSettings
from tests.sim.objects import MARK, Thing


@dataclass
class Key:
    """A pixel's id or a token, its winery and role, and when the winery replaced it."""

    tenant_id: str
    role: Role
    replaced_at: datetime | None = None


@dataclass
class Client:
    """A winery. If it `is_reliable`, all of its events must reach its pixels in the end.

    `healed_at` is when the last known obstacle (such as a dead token) was removed.
    """

    number: int
    settings: TenantSettings = field(default_factory=TenantSettings)
    tokens: dict[Role, str] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    keys: dict[str, Key] = field(default_factory=dict)
    fate: str = ""
    is_reliable: bool = True
    stays: bool = True
    healed_at: datetime | None = None
    made: int = 0
    unsaved: dict[Role, str] = field(default_factory=dict)
    is_saving: bool = False

    @property
    def tenant_id(self) -> str:
        """Return the winery's id at Commerce7."""
        return f"winery-{self.number}"

    def new_pixel_id(self, role: Role) -> str:
        """Return the id of a new pixel."""
        self.made += 1
        pixel_id = f"{self.number}{1 + [*Role].index(role)}{self.made:010d}"
        self.keys[pixel_id] = Key(self.tenant_id, role)
        return pixel_id

    def new_token(self, role: Role) -> str:
        """Return a new token."""
        self.made += 1
        token = f"EAA{MARK}-{self.number}-{role}-{self.made}"
        self.keys[token] = Key(self.tenant_id, role)
        return token

    def pixels_with(self, role: Role, pixel_id: str) -> Pixels:
        """Return the winery's pixels with another one in this role."""
        now, other = self.settings.pixels, PixelSetting(id=pixel_id)
        if role is Role.PRIMARY:
            return Pixels(primary=other, secondary=now.secondary)
        return Pixels(primary=now.primary, secondary=other)

    def retire(self, saved: TenantSettings, *, now: datetime) -> None:
        """Record that all pixels and tokens that are no longer in use were replaced by `now`."""
        in_use = {
            *self.tokens.values(),
            *(settings.pixel_of(role) for settings in (saved, self.settings) for role in Role),
        }
        for name, key in self.keys.items():
            is_mine = key.tenant_id == self.tenant_id
            if is_mine and name not in in_use and key.replaced_at is None:
                key.replaced_at = now
