"""How long a process takes until its first answer, and what it holds after many events.

Cold start: gunicorn as in production, with Firestore and Cloud Tasks, until `/healthz` is answered.
Nothing is at the other ends, since that answer asks nobody. The credentials are an invented user's,
which need no key. The reference is Python importing the large libraries and ending.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import monotonic
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.measure import Bar, Result, in_turns
from tests.bench.site import folder
from tests.bench.stopwatch import ROOT
from tests.e2e.harness import Service
from tests.ports import free_port

_ROUNDS = 9
_IMPORTS = "import flask, google.cloud.firestore, google.cloud.tasks_v2, requests"
_USER = {
    "type": "authorized_user",
    "client_id": "invented",
    "client_secret": "invented",
    "refresh_token": "invented",
}


def measure() -> list[Result]:
    """Return the row of the cold start."""
    with folder() as data:
        _start(data)
        _import()
        turns = in_turns(lambda: _start(data), _import, rounds=_ROUNDS)
    return [
        Result(
            name="cold start: process start to first 200, cloud pair",
            figures=turns.ratios,
            bar=Bar(high=1.2),
            ours=f"{median(turns.ours):.2f} s",
            reference=f"{median(turns.reference):.2f} s (imports alone)",
        )
    ]


def _start(data: Path) -> float:
    """Return the seconds from the process's start to its first answer."""
    file = data / "user.json"
    file.write_text(json.dumps(_USER))
    service = Service(folder=data, sandbox_url="http://127.0.0.1:9", port=free_port())
    environ = {**service.environ, **_cloud(file)}
    gunicorn = Path(sys.executable).with_name("gunicorn")
    with (data / "start.log").open("ab") as log:
        begun = monotonic()
        process = subprocess.Popen(  # noqa: S603 - our own command
            [gunicorn, "service.wsgi:app"], env=environ, cwd=ROOT, stdout=log, stderr=log
        )
    with process:
        try:
            _answered(f"http://localhost:{service.port}/healthz", process)
            return monotonic() - begun
        finally:
            process.terminate()


def _cloud(user: Path) -> dict[str, str]:
    return {
        "STORE": "firestore",
        "QUEUE": "cloud-tasks",
        "GOOGLE_CLOUD_PROJECT": "bench",
        "GOOGLE_APPLICATION_CREDENTIALS": str(user),
        "TASKS_LOCATION": "here",
        "TASKS_QUEUE": "send",
        "TASKS_BULK_QUEUE": "bulk",
        "TASKS_SERVICE_ACCOUNT": "tasks@example.com",
        "TASKS_AUDIENCE": "bench",
    }


def _answered(url: str, process: "subprocess.Popen[bytes]") -> None:
    # gunicorn listens before its worker is ready, so the first request that connects waits for it.
    while process.poll() is None:
        try:
            with urlopen(url, timeout=30) as answer:  # noqa: S310 - our own address
                assert answer.status == 200
                return
        except URLError:
            os.sched_yield()
    raise RuntimeError("the service ended")


def _import() -> float:
    begun = monotonic()
    subprocess.run([sys.executable, "-c", _IMPORTS], check=True)  # noqa: S603 - our own command
    return monotonic() - begun
