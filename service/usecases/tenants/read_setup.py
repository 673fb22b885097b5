"""Read which steps of a winery's set-up are done."""

from service.domain.tenants.setup import Setup, setup_path
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Services, UnsealError
from service.usecases.sealing import unseal_text


def read_setup(tenant: Tenant, *, services: Services) -> Setup:
    """Return which steps are done for the primary pixel.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    pixel_id = tenant.settings.pixel_of(Role.PRIMARY)
    token = _token(tenant.id, services=services)
    progress = tenant.progress
    return setup_path(
        has_pixel=bool(pixel_id and token) and not tenant.breaker(Role.PRIMARY).needs_token,
        is_proven=progress.is_proven(Role.PRIMARY, pixel_id=pixel_id, token=token or ""),
        has_sent=progress.first_sent_at is not None,
        has_address=bool(tenant.settings.alert_email),
        has_seen_snippet=bool(progress.snippet_sites),
    )


def _token(tenant_id: str, *, services: Services) -> str | None:
    sealed = services.tenants.get_cached_token(tenant_id, Role.PRIMARY)
    try:
        return unseal_text(sealed, tenant_id=tenant_id, vault=services.vault) if sealed else None
    except UnsealError:
        # An unreadable token counts as missing: the merchant must enter it again.
        return None
