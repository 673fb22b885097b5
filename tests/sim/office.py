"""The wineries' staff at the settings page: they save until it succeeds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from service.domain.tenants.tenant import Role, TenantSettings
from service.ports import StoreUnavailableError
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.builders import OLIVE
from tests.sim.client import Client
from tests.sim.instance import Call, Fleet, Killed, current_call
from tests.sim.loop import Loop
from tests.sim.meta import Pixel, SimMeta

_AGAIN = 20.0


@dataclass
class Office:
    """The settings pages of all wineries."""

    loop: Loop
    meta: SimMeta
    fleet: Callable[[], Fleet]

    def open(self, client: Client, *roles: Role) -> None:
        """Make a winery's first pixels and tokens."""
        for role in roles:
            pixel_id, token = client.new_pixel_id(role), client.new_token(role)
            self.meta.pixels[pixel_id] = Pixel(token)
            client.tokens[role] = token
            client.settings = replace(client.settings, pixels=client.pixels_with(role, pixel_id))

    def configure(
        self, client: Client, settings: TenantSettings, tokens: Mapping[Role, str] | None = None
    ) -> None:
        """Save these settings for the winery."""
        client.settings = settings
        client.tokens |= tokens or {}
        client.unsaved |= tokens or {}
        if not client.is_saving:
            self._save(client)

    def reconnect(self, client: Client, role: Role) -> None:
        """Make a new token at Meta, and save it for the winery."""
        if pixel_id := client.settings.pixel_of(role):
            token = client.new_token(role)
            self.meta.pixels[pixel_id].token = token
            self.configure(client, client.settings, {role: token})

    def move(self, client: Client, role: Role) -> None:
        """Save another pixel, with its own token, for the winery."""
        pixel_id, token = client.new_pixel_id(role), client.new_token(role)
        self.meta.pixels[pixel_id] = Pixel(token)
        changed = replace(client.settings, pixels=client.pixels_with(role, pixel_id))
        self.configure(client, changed, {role: token})

    def remove(self, client: Client, role: Role) -> None:
        """Save the winery's settings without this pixel."""
        self.configure(client, replace(client.settings, pixels=client.pixels_with(role, "")))

    def _save(self, client: Client) -> None:
        client.is_saving = True
        settings, tokens = client.settings, dict(client.unsaved)

        def work(call: Call) -> tuple[int | None, bytes]:
            return self._try(call, client, settings, tokens), b""

        def heard(status: int | None, _answer: bytes) -> None:
            if status != 200:
                self.loop.after(_AGAIN, lambda: self._save(client))
                return
            for role, token in tokens.items():
                if client.unsaved.get(role) == token:
                    del client.unsaved[role]
            client.retire(settings, now=self.loop.now)
            client.is_saving = False
            client.healed_at = max(client.healed_at or self.loop.now, self.loop.now)
            if client.unsaved or client.settings != settings:
                self._save(client)

        self.fleet().act(work, heard, f"configure {client.tenant_id}")

    def _try(
        self, call: Call, client: Client, settings: TenantSettings, tokens: Mapping[Role, str]
    ) -> int | None:
        services = call.instance.services
        if services is None or call.instance.is_dead:
            return None
        current_call.set(call)
        try:
            configure_tenant(client.tenant_id, settings, tokens=tokens, by=OLIVE, services=services)
        except StoreUnavailableError:
            return 503
        except Killed:
            return None
        call.ended_at = self.loop.now
        return 200
