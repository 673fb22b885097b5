"""Set a tenant up: its settings, and the tokens of its pixels."""

from collections.abc import Mapping

from service.domain.delivery import CURRENCY_UNKNOWN
from service.domain.tenant import Role, TenantSettings
from service.ports import Services
from service.usecases.release_held import release_held


def configure_tenant(
    tenant_id: str,
    settings: TenantSettings,
    *,
    tokens: Mapping[Role, str],
    services: Services,
) -> None:
    """Save the settings, and those tokens that are given, sealed for this tenant.

    What was held for a currency is released by one.

    Tokens first: settings that name a pixel must never be seen without its token.

    Raises:
        StoreUnavailableError: some of it may not be saved; do it again.
    """
    for role, token in tokens.items():
        sealed = services.vault.seal(tenant_id, token.encode())
        services.tenants.save_sealed_token(tenant_id, role, sealed)
    services.tenants.save_settings(tenant_id, settings)
    if settings.currency:
        now = services.clock()
        release_held(tenant_id, reason=CURRENCY_UNKNOWN, now=now, services=services)
