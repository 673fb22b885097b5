"""The wineries' staff, who save settings and retry until it succeeds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.domain.copies import replace
from service.domain.tenants.tenant import Role, TenantSettings
from service.ports import StoreUnavailableError
from service.usecases.tenants.configure_tenant import configure_tenant
from tests.builders import OLIVE
from tests.sim.instance import Call, Fleet, Killed, current_call
from tests.sim.loop import Loop
from tests.sim.meta import SimMeta, SimPixel
from tests.sim.tenant import SimTenant

_RETRY_AFTER = 20.0


@dataclass
class SimStaff:
    """The staff of all wineries."""

    loop: Loop
    meta: SimMeta
    fleet: Callable[[], Fleet]

    def create_pixels(self, tenant: SimTenant, *roles: Role) -> None:
        """Make a winery's first pixels and tokens."""
        for role in roles:
            pixel_id, token = tenant.new_pixel_id(role), tenant.new_token(role)
            self.meta.pixels[pixel_id] = SimPixel(token)
            tenant.tokens[role] = token
            tenant.settings = replace(tenant.settings, pixels=tenant.pixels_with(role, pixel_id))

    def save_settings(
        self, tenant: SimTenant, settings: TenantSettings, tokens: Mapping[Role, str] | None = None
    ) -> None:
        """Save these settings for the winery."""
        tenant.settings = settings
        tenant.tokens |= tokens or {}
        tenant.unsaved |= tokens or {}
        if not tenant.is_saving:
            self._save(tenant)

    def save_new_token(self, tenant: SimTenant, role: Role) -> None:
        """Make a new token at Meta, and save it for the winery."""
        if pixel_id := tenant.settings.pixel_of(role):
            token = tenant.new_token(role)
            self.meta.pixels[pixel_id].token = token
            self.save_settings(tenant, tenant.settings, {role: token})

    def save_new_pixel(self, tenant: SimTenant, role: Role) -> None:
        """Save another pixel, with its own token, for the winery."""
        pixel_id, token = tenant.new_pixel_id(role), tenant.new_token(role)
        self.meta.pixels[pixel_id] = SimPixel(token)
        changed = replace(tenant.settings, pixels=tenant.pixels_with(role, pixel_id))
        self.save_settings(tenant, changed, {role: token})

    def remove_pixel(self, tenant: SimTenant, role: Role) -> None:
        """Save the winery's settings without this pixel."""
        self.save_settings(tenant, replace(tenant.settings, pixels=tenant.pixels_with(role, "")))

    def _save(self, tenant: SimTenant) -> None:
        tenant.is_saving = True
        settings, tokens = tenant.settings, dict(tenant.unsaved)

        def work(call: Call) -> tuple[int | None, bytes]:
            return self._try_to_save(call, tenant, settings, tokens), b""

        def on_response(status: int | None, _answer: bytes) -> None:
            if status != 200:
                self.loop.call_later(_RETRY_AFTER, lambda: self._save(tenant))
                return
            for role, token in tokens.items():
                if tenant.unsaved.get(role) == token:
                    del tenant.unsaved[role]
            tenant.mark_replaced(settings, now=self.loop.now)
            tenant.is_saving = False
            tenant.recovered_at = max(tenant.recovered_at or self.loop.now, self.loop.now)
            if tenant.unsaved or tenant.settings != settings:
                self._save(tenant)

        self.fleet().run_handler(work, on_response, f"configure {tenant.tenant_id}")

    def _try_to_save(
        self, call: Call, tenant: SimTenant, settings: TenantSettings, tokens: Mapping[Role, str]
    ) -> int | None:
        services = call.instance.services
        if services is None or call.instance.is_dead:
            return None
        current_call.set(call)
        try:
            configure_tenant(tenant.tenant_id, settings, tokens=tokens, by=OLIVE, services=services)
        except StoreUnavailableError:
            return 503
        except Killed:
            return None
        call.ended_at = self.loop.now
        return 200
