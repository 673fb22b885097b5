"""Seal what is known of a visit, so that an order can be joined to it."""

from datetime import datetime

from service.domain.events.browser_signal import SIGNAL_FOR
from service.domain.mapping.visit import Visit, signal_of
from service.domain.tenants.tenant import Tenant
from service.ports import SealedSignal, Services
from service.usecases.sealing import seal_signal


def sealed_signal(
    visit: Visit, *, tenant: Tenant, now: datetime, services: Services
) -> SealedSignal | None:
    """Return the visit's signal as it is to be stored, if there is one."""
    signal = signal_of(visit, now=now)
    if signal is None:
        return None
    expires_at = now + SIGNAL_FOR
    return seal_signal(signal, tenant_id=tenant.id, expires_at=expires_at, vault=services.vault)
