"""Who may call the tasks where Google issues no tokens: on one machine, and with the emulators."""

from pathlib import Path

from service.infra.clock import utc_now
from service.infra.oidc import OidcCallers
from service.local.issuer import ACCOUNT, ISSUER, LocalIssuer
from service.local.keys import issuer_key
from service.settings import Settings

_TASKS_PATH = "/tasks"


def local_issuer(settings: Settings) -> LocalIssuer:
    """Return the issuer of callers' tokens where Google issues none."""
    key = issuer_key(Path(settings.sqlite_path).parent)
    return LocalIssuer(key, audience=_audience(settings), clock=utc_now)


def local_callers(settings: Settings, issuer: LocalIssuer) -> OidcCallers:
    """Return the check of the local issuer's tokens."""
    return OidcCallers(
        issuers=(ISSUER,),
        audience=_audience(settings),
        account=ACCOUNT,
        key_for=issuer.key_for,
    )


def _audience(settings: Settings) -> str:
    return f"{settings.base_url}{_TASKS_PATH}"
