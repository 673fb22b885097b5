"""Store and queue on Google Cloud. Imported only if chosen, since the import takes half a second.

Clients are made in the process that serves: a client that was made before a fork hangs.
"""

from uuid import uuid4

import grpc
from google.cloud import firestore, tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from service.bootstrap.engines import Calls, Store
from service.bootstrap.local_callers import local_callers, local_issuer
from service.gcp.audit import FirestoreAudit
from service.gcp.browser_signals import FirestoreBrowserSignals
from service.gcp.cached_tenants import CachedTenants
from service.gcp.days import FirestoreDays
from service.gcp.documents import FirestoreDocuments
from service.gcp.events import FirestoreEvents
from service.gcp.google_keys import ISSUERS, GoogleKeys
from service.gcp.jobs import FirestoreJobs
from service.gcp.quality import FirestoreQualityReports
from service.gcp.queue import CallBack, CloudTasksQueue
from service.gcp.tenants import FirestoreTenants
from service.infra.clock import utc_now
from service.infra.http import Http
from service.infra.oidc import OidcCallers
from service.settings import Settings


def cloud_store(settings: Settings) -> Store:
    """Return the store in Firestore. Google's client itself reads FIRESTORE_EMULATOR_HOST."""
    client = firestore.Client(project=settings.google_cloud_project)
    documents = FirestoreDocuments(client, new_id=_new_id)
    return Store(
        events=FirestoreEvents(documents),
        tenants=CachedTenants(FirestoreTenants(documents), clock=utc_now),
        browser_signals=FirestoreBrowserSignals(documents),
        audit=FirestoreAudit(documents, new_id=_new_id),
        jobs=FirestoreJobs(documents),
        quality=FirestoreQualityReports(documents),
        days=FirestoreDays(documents),
    )


def cloud_calls(settings: Settings) -> Calls:
    """Return Cloud Tasks. With its emulator, `LocalIssuer` makes the callers' tokens."""
    emulator = settings.cloud_tasks_emulator_host
    issuer = local_issuer(settings) if emulator else None
    queue = CloudTasksQueue(
        _tasks_client(emulator),
        queue=_queue_name(settings, settings.tasks_queue),
        bulk_queue=_queue_name(settings, settings.tasks_bulk_queue),
        call_back=CallBack(
            base_url=settings.base_url,
            service_account=settings.tasks_service_account,
            audience=settings.tasks_audience,
            mint_token=issuer.mint if issuer else None,
        ),
        clock=utc_now,
    )
    callers = local_callers(settings, issuer) if issuer else _google_callers(settings)
    return Calls(queue=queue, callers=callers)


def _tasks_client(emulator: str) -> tasks_v2.CloudTasksClient:
    if not emulator:
        return tasks_v2.CloudTasksClient()
    transport = CloudTasksGrpcTransport(channel=grpc.insecure_channel(emulator))
    return tasks_v2.CloudTasksClient(transport=transport)


def _queue_name(settings: Settings, queue: str) -> str:
    return tasks_v2.CloudTasksClient.queue_path(
        settings.google_cloud_project, settings.tasks_location, queue
    )


def _google_callers(settings: Settings) -> OidcCallers:
    return OidcCallers(
        issuers=ISSUERS,
        audience=settings.tasks_audience,
        account=settings.tasks_service_account,
        key_for=GoogleKeys(Http(), clock=utc_now).key_for,
    )


def _new_id() -> str:
    return uuid4().hex
