"""The service, or a reference, under gunicorn as in production, and what its processes use."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic

from tests.bench.stopwatch import ROOT
from tests.e2e.harness import Service
from tests.e2e.launch import WSGI
from tests.ports import free_port
from tests.sandbox.ready import wait_until_ready

LATE_QUEUE = "tests.e2e.special:with_a_late_queue()"
"""The service with a queue that delivers an hour later, so that nothing is sent meanwhile."""

_CHOICES = ("--set", 'currency="USD"', "--set", 'shop_domains=["shop.example.com"]')
_CONFIG = "tests/bench/references/gunicorn_conf.py"
_PATIENCE_SECONDS = 300.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Served:
    """A running server: its address, and the process that answers."""

    url: str
    worker: int

    @property
    def cpu_seconds(self) -> float:
        """The processor time that it has used."""
        numbers = _stat(self.worker)
        return (int(numbers[11]) + int(numbers[12])) / _TICKS

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the process for a while, so that what it still does costs another nothing."""
        os.kill(self.worker, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.worker, signal.SIGCONT)

    @property
    def resident_bytes(self) -> int:
        """The memory that it holds."""
        return resident_bytes(self.worker)


@contextmanager
def folder() -> Iterator[Path]:
    """Lend a folder for data; it is on the disk, where a commit costs what it costs."""
    with TemporaryDirectory(prefix="bench-") as path:
        yield Path(path)


def a_service(data: Path, *, meta_url: str, engines: Mapping[str, str] | None = None) -> Service:
    """Return a configured service that is not started yet."""
    service = Service(
        folder=data, sandbox_url=meta_url, backoff_seconds=30, engines=dict(engines or {})
    )
    service.configure(*_CHOICES)
    return service


@contextmanager
def served(service: Service, app: str = WSGI) -> Iterator[Served]:
    """Lend the started service."""
    service.start(app)
    try:
        assert service.process
        yield Served(service.url, _worker(service.process.pid))
    finally:
        service.kill()


@contextmanager
def reference(data: Path, environ: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Lend the bare app, started with the service's settings of gunicorn."""
    port = free_port()
    url = f"http://localhost:{port}"
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "BASE_URL": url,
        "SQLITE_PATH": str(data / "bare.db"),
        **(environ or {}),
    }
    gunicorn = Path(sys.executable).with_name("gunicorn")
    with (data / "bare.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [gunicorn, "-c", _CONFIG, "tests.bench.references.bare_app:app"],
            env=given, cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    with process:
        try:
            wait_until_ready(url, process)
            yield Served(url, _worker(process.pid))
        finally:
            process.terminate()


def wait_until_delivered(service: Service) -> float:
    """Wait until every event in the service's SQLite file is sent, and return the seconds."""
    begun, pause = monotonic(), Event()
    while (counted := _counted(service))[0] != counted[1]:
        assert monotonic() < begun + _PATIENCE_SECONDS, f"{counted[1]} of {counted[0]} are sent"
        pause.wait(0.1)
    return monotonic() - begun


def _counted(service: Service) -> tuple[int, int]:
    """Return how many events there are, and how many of them are sent."""
    with closing(sqlite3.connect(service.environ["SQLITE_PATH"], timeout=5)) as db:
        every, sent = db.execute("SELECT COUNT(*), SUM(status = 'sent') FROM events").fetchone()
    return int(every), int(sent or 0)


def resident_bytes(process: int) -> int:
    """Return the memory that the process holds."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE


def needs(program: str) -> str:
    """Return the path of a program of the system.

    Raises:
        RuntimeError: it is not installed.
    """
    path = shutil.which(program)
    if path is None:
        raise RuntimeError(f"{program} is not installed (Debian: apt-get install {program})")
    return path


def _worker(master: int) -> int:
    """Return gunicorn's only worker."""
    every = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    (worker,) = [each for each in every if _parent(each) == master]
    return worker


def _parent(process: int) -> int | None:
    try:
        return int(_stat(process)[1])
    except OSError:
        return None


def _stat(process: int) -> list[str]:
    """Return what follows the process's name in its line of figures."""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
