"""The intake on Google's engines, as their emulators are on this machine.

As the intake on SQLite, with the store on Firestore's emulator, and with the tasks given to the
emulator of Cloud Tasks, whose queues are paused so that nothing is sent. The reference is a bare
Flask route that creates one document with the same bytes on the same emulator. The emulators are
slower than what they stand for, and use the same two cores.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import grpc
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

from tests.bench.cloud_tasks import QUEUES
from tests.bench.engines import a_project, google_environ
from tests.bench.intake import in_turns_with, result
from tests.bench.load import write_templates
from tests.bench.measure import Bar, Result
from tests.bench.pace import PATH
from tests.bench.site import a_service, folder, reference, served
from tests.bench.standin import standin
from tests.e2e.launch import WSGI
from tests.emulators import firestore_emulator, tasks_emulator, warm_up


def measure() -> list[Result]:
    """Return the row of the intake on the emulators."""
    with folder() as data, standin() as meta, _engines() as engines:
        files: list[Path] = write_templates(data)
        service = a_service(data, meta_url=meta.url, engines=engines)
        with served(service, WSGI) as ours, reference(data, engines) as bare:
            turns, cpu = in_turns_with((ours, PATH), (bare, "/firestore"), files)
    name = "webhook intake on Firestore's emulator, deliveries held"
    return [result(name, turns, Bar(low=0.6), cpu)]


@contextmanager
def _engines() -> Iterator[Mapping[str, str]]:
    """Lend the environment variables of Google's engines, on empty emulators."""
    project = a_project()
    queues = [f"projects/{project}/locations/here/queues/{name}" for name in QUEUES]
    with firestore_emulator() as store, tasks_emulator(queues) as tasks:
        warm_up(store)
        _pause(tasks, queues)
        yield google_environ(project, store=store, tasks=tasks)


def _pause(address: str, queues: list[str]) -> None:
    with grpc.insecure_channel(address) as channel:
        client = tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))
        for queue in queues:
            client.pause_queue(name=queue, timeout=10)
