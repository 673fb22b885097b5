"""The environment variables of Google's engines, on the emulators of this machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from tests.bench.cloud_tasks import QUEUES, Tasks, cloud_tasks
from tests.emulators import firestore_emulator, warm_up


@dataclass(frozen=True)
class Engines:
    """Firestore's emulator, with nothing in it, and a Cloud Tasks that calls as in production."""

    environ: Mapping[str, str]
    tasks: Tasks


def google_environ(project: str, *, store: str, tasks: str) -> dict[str, str]:
    """Return the variables for a store and a Cloud Tasks at these addresses."""
    send, bulk = QUEUES
    return {
        "STORE": "firestore",
        "QUEUE": "cloud-tasks",
        "GOOGLE_CLOUD_PROJECT": project,
        "FIRESTORE_EMULATOR_HOST": store,
        "CLOUD_TASKS_EMULATOR_HOST": tasks,
        "TASKS_LOCATION": "here",
        "TASKS_QUEUE": send,
        "TASKS_BULK_QUEUE": bulk,
        "TASKS_SERVICE_ACCOUNT": "tasks@example.com",
        "TASKS_AUDIENCE": "unused-with-an-emulator",
    }


def a_project() -> str:
    """Return the name of a new project, which has its own data in the emulators."""
    return f"bench-{uuid4().hex[:12]}"


@contextmanager
def google_engines() -> Iterator[Engines]:
    """Lend the engines that deliver what they are given."""
    with firestore_emulator() as store, cloud_tasks() as tasks:
        warm_up(store)
        environ = google_environ(a_project(), store=store, tasks=tasks.address)
        yield Engines(environ, tasks)
