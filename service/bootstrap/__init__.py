"""Construction of the services from the settings. Only this package chooses adapters."""

from datetime import timedelta
from uuid import uuid4

from service.bootstrap.engines import Calls, Store
from service.commerce7.client import Commerce7Shops, request_limits
from service.domain.delivery.schedule import RetryPolicy
from service.infra.clock import utc_now
from service.infra.http import Http, Limits
from service.infra.recent_keys import RecentKeys
from service.infra.sessions import SignedSessions
from service.infra.smtp import Server, SmtpMailer
from service.infra.vault import KeyedVault
from service.meta.client import MetaConversions
from service.meta.connections import MetaConnections
from service.ports import Services
from service.settings import Settings

# A long order takes a while, and only a task waits for it, which is retried.
_COMMERCE7_LIMITS = Limits(read=8.0, total=9.0, answer_bytes=8 * 1024 * 1024)

# A person waits for up to three answers in a row, and can ask again. Scores of thirty events with
# all their advice are long.
_CONNECTION_LIMITS = Limits(connect=2.0, read=6.0, total=8.0, answer_bytes=512 * 1024)
# Commerce7 repeats a webhook that it got no answer to within minutes.
_SEEN_FOR, _MOST_SEEN = timedelta(hours=1), 10_000


def build_services(
    settings: Settings, *, queue_copies: int = 1, queue_delay: timedelta = timedelta(0)
) -> Services:
    """Return the services for these settings.

    For tests, `queue_copies` and `queue_delay` make the local queue deliver twice or late.
    """
    store = _store(settings)
    calls = _calls(settings, copies=queue_copies, delay=queue_delay)
    return Services(
        events=store.events,
        tenants=store.tenants,
        browser_signals=store.browser_signals,
        audit=store.audit,
        jobs=store.jobs,
        quality=store.quality,
        days=store.days,
        queue=calls.queue,
        conversions=MetaConversions(
            Http(), graph_url=settings.meta_graph_url, graph_version=settings.meta_graph_version
        ),
        connections=MetaConnections(
            Http(limits=_CONNECTION_LIMITS),
            graph_url=settings.meta_graph_url,
            graph_version=settings.meta_graph_version,
        ),
        shops=_shops(settings),
        vault=KeyedVault(settings.token_keys),
        sessions=SignedSessions(settings.session_keys),
        callers=calls.callers,
        retry=RetryPolicy(timedelta(seconds=settings.retry_min_backoff_seconds)),
        uninstall_grace=timedelta(hours=settings.uninstall_grace_hours),
        clock=utc_now,
        new_id=lambda: uuid4().hex,
        seen_events=RecentKeys(kept_for=_SEEN_FOR, most=_MOST_SEEN),
        mailer=_mailer(settings),
    )


def start_background(services: Services, settings: Settings) -> None:
    """Start the local queue's sweep. In the cloud, Cloud Scheduler calls the sweep instead.

    Call it in the process that serves, after any fork.
    """
    if settings.queue != "local":
        return
    from service.local.queue import LocalQueue  # noqa: PLC0415 - see `bootstrap.local`

    if isinstance(services.queue, LocalQueue):
        services.queue.start_sweeping()


def _store(settings: Settings) -> Store:
    if settings.store == "sqlite":
        from service.bootstrap.local import local_store  # noqa: PLC0415 - see the module

        return local_store(settings)
    from service.bootstrap.cloud import cloud_store  # noqa: PLC0415 - see the module

    return cloud_store(settings)


def _calls(settings: Settings, *, copies: int, delay: timedelta) -> Calls:
    if settings.queue == "local":
        from service.bootstrap.local import local_calls  # noqa: PLC0415 - see the module

        return local_calls(settings, copies=copies, delay=delay)
    from service.bootstrap.cloud import cloud_calls  # noqa: PLC0415 - see the module

    return cloud_calls(settings)


def _mailer(settings: Settings) -> SmtpMailer | None:
    if settings.smtp_host is None or settings.smtp_from is None:
        return None
    server = Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        user=settings.smtp_user,
        password=settings.smtp_password,
    )
    return SmtpMailer(server, sender=settings.smtp_from, clock=utc_now, new_id=lambda: uuid4().hex)


def _shops(settings: Settings) -> Commerce7Shops:
    return Commerce7Shops(
        Http(limits=_COMMERCE7_LIMITS),
        api_url=settings.c7_api_url,
        app_id=settings.c7_app_id,
        app_secret=settings.c7_app_secret,
        limits=request_limits(),
        clock=utc_now,
    )
