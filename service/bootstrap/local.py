"""Store and queue on one machine: a SQLite file, and a queue inside the process.

Imported only if chosen, since the import takes a while.
"""

from datetime import timedelta

from service.bootstrap.engines import Calls, Store
from service.bootstrap.local_callers import local_callers, local_issuer
from service.local.audit import SqliteAudit
from service.local.browser_signals import SqliteBrowserSignals
from service.local.days import SqliteDays
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.jobs import SqliteJobs
from service.local.quality import SqliteQualityReports
from service.local.queue import LocalQueue
from service.local.tenants import SqliteTenants
from service.settings import Settings


def local_store(settings: Settings) -> Store:
    """Return the store in the file that the settings name."""
    file = SqliteFile(settings.sqlite_path)
    return Store(
        events=SqliteEvents(file),
        tenants=SqliteTenants(file),
        browser_signals=SqliteBrowserSignals(file),
        audit=SqliteAudit(file),
        jobs=SqliteJobs(file),
        quality=SqliteQualityReports(file),
        days=SqliteDays(file),
    )


def local_calls(settings: Settings, *, copies: int, delay: timedelta) -> Calls:
    """Return the queue inside the process; `LocalIssuer` makes its callers' tokens."""
    issuer = local_issuer(settings)
    queue = LocalQueue(
        base_url=settings.base_url,
        mint_token=issuer.mint,
        min_backoff=timedelta(seconds=settings.retry_min_backoff_seconds),
        copies=copies,
        delay=delay,
    )
    return Calls(queue=queue, callers=local_callers(settings, issuer))
