"""The one place that names adapters: settings in, services out."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from service.clock import utc_now
from service.commerce7.client import Commerce7Shops, allowed_pace
from service.domain.schedule import RetryPolicy
from service.http import Http, Limits
from service.local.audit import SqliteAudit
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.issuer import ACCOUNT, ISSUER, LocalIssuer
from service.local.keys import issuer_key
from service.local.queue import LocalQueue
from service.local.signals import SqliteSignals
from service.local.tenants import SqliteTenants
from service.meta.client import MetaConversions
from service.oidc import OidcCallers
from service.ports import Services
from service.sessions import SignedSessions
from service.settings import Settings, SettingsError
from service.vault import FernetVault

_TASKS_PATH = "/tasks"
# An order of many lines is long, and nobody waits for it but a task that may come again.
_COMMERCE7_LIMITS = Limits(read=8.0, total=9.0, answer_bytes=4 * 1024 * 1024)


def build_services(
    settings: Settings, *, queue_copies: int = 1, queue_delay: timedelta = timedelta(0)
) -> Services:
    """Return the services that these settings ask for.

    `queue_copies` and `queue_delay` make the local queue deliver twice or late on purpose.

    Raises:
        SettingsError: an engine is asked for that this version does not have.
    """
    _check_engines(settings)
    policy = RetryPolicy(timedelta(seconds=settings.retry_min_backoff_seconds))
    file = SqliteFile(settings.sqlite_path)
    issuer = _local_issuer(settings)
    return Services(
        events=SqliteEvents(file),
        tenants=SqliteTenants(file),
        signals=SqliteSignals(file),
        audit=SqliteAudit(file),
        queue=LocalQueue(
            base_url=settings.base_url,
            mint_token=issuer.mint,
            min_backoff=policy.min_backoff,
            copies=queue_copies,
            delay=queue_delay,
        ),
        conversions=MetaConversions(
            Http(), graph_url=settings.meta_graph_url, graph_version=settings.meta_graph_version
        ),
        shops=_shops(settings),
        vault=FernetVault(settings.token_keys),
        sessions=SignedSessions(settings.session_keys),
        callers=_callers(settings, issuer),
        retry=policy,
        uninstall_grace=timedelta(hours=settings.uninstall_grace_hours),
        clock=utc_now,
        new_id=lambda: uuid4().hex,
    )


def start_background(services: Services) -> None:
    """Start what must run beside requests: the local queue's sweep; nothing in the cloud.

    Called in the process that serves, after any fork.
    """
    if isinstance(services.queue, LocalQueue):
        services.queue.start_sweeping()


def _check_engines(settings: Settings) -> None:
    for variable, chosen, present in (
        ("STORE", settings.store, "sqlite"),
        ("QUEUE", settings.queue, "local"),
    ):
        if chosen != present:
            raise SettingsError(f"{variable}: {chosen} is not in this version; use {present}")


def _shops(settings: Settings) -> Commerce7Shops:
    return Commerce7Shops(
        Http(limits=_COMMERCE7_LIMITS),
        api_url=settings.c7_api_url,
        app_id=settings.c7_app_id,
        app_secret=settings.c7_app_secret,
        pace=allowed_pace(),
        clock=utc_now,
    )


def _callers(settings: Settings, issuer: LocalIssuer) -> OidcCallers:
    return OidcCallers(
        issuers=(ISSUER,),
        audience=_audience(settings),
        account=ACCOUNT,
        key_for=issuer.key_for,
    )


def _local_issuer(settings: Settings) -> LocalIssuer:
    key = issuer_key(Path(settings.sqlite_path).parent)
    return LocalIssuer(key, audience=_audience(settings), clock=utc_now)


def _audience(settings: Settings) -> str:
    return f"{settings.base_url}{_TASKS_PATH}"
