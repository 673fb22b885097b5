"""Starting Google's Firestore emulator and a Cloud Tasks emulator, if they are installed.

Without them the tests that need them skip with one line, except with REQUIRE_EMULATORS=1.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from google.cloud import firestore

from tests.ports import free_port

ROOT = Path(__file__).parents[1]
_JAR = "platform/cloud-firestore-emulator/cloud-firestore-emulator.jar"
_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
_TASKS = ROOT / ".venv-emulators" / "bin" / "gcloud-tasks-emulator"
_PATIENCE_SECONDS = 60.0


@contextmanager
def firestore_emulator(port: int | None = None, *, megabytes: int = 512) -> Iterator[str]:
    """Lend a fresh emulator at `host:port`, with so much memory; its data is lost when it ends."""
    jar, java = _firestore_jar(), shutil.which("java")
    if jar is None or java is None:
        raise missing("Google's Firestore emulator (the SDK's jar, and Java)")
    address = f"127.0.0.1:{port or free_port()}"
    host, _, chosen = address.partition(":")
    command = [
        java,
        f"-Xmx{megabytes}m",
        "-cp",
        str(jar),
        _MAIN,
        "start",
        f"--host={host}",
        f"--port={chosen}",
    ]
    with _running(command, address):
        yield address


@contextmanager
def tasks_emulator(queues: list[str]) -> Iterator[str]:
    """Lend a Cloud Tasks emulator at `host:port` with these queues."""
    if not _TASKS.exists():
        raise missing("the Cloud Tasks emulator (make test builds .venv-emulators)")
    address = f"127.0.0.1:{free_port()}"
    command = [str(_TASKS), "start", f"--port={address.partition(':')[2]}", "--quiet"]
    command += [f"--default-queue={queue}" for queue in queues]
    with _running(command, address):
        yield address


@contextmanager
def _running(command: list[str], address: str) -> Iterator[None]:
    with subprocess.Popen(  # noqa: S603 - the emulator's own command
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            _wait(address, process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    host, _, port = address.partition(":")
    deadline, pause = monotonic() + _PATIENCE_SECONDS, Event()
    while monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        pause.wait(0.05)
    raise AssertionError(f"the emulator at {address} did not start")


def _firestore_jar() -> Path | None:
    gcloud = shutil.which("gcloud")
    roots = [Path(gcloud).resolve().parents[1]] if gcloud else []
    roots += [Path("/usr/lib/google-cloud-sdk"), Path.home() / "google-cloud-sdk"]
    return next((root / _JAR for root in roots if (root / _JAR).exists()), None)


def missing(what: str) -> BaseException:
    """Return what to raise where this is not installed: skip the test, or fail it in CI."""
    if os.environ.get("REQUIRE_EMULATORS") == "1":
        return pytest.fail.Exception(f"REQUIRE_EMULATORS=1, and there is no {what}")
    return pytest.skip.Exception(f"{what} is not on this machine")


def warm_up(address: str) -> None:
    """Make the emulator answer once; its first answers take longer than our time-outs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", address)
        document = firestore.Client(project="warm-up").document("tenants", "first")
    document.set({"is": "warm"}, timeout=60)
    assert document.get(timeout=60).exists


def is_emulated(item: pytest.Item) -> bool:
    """Return whether the test uses an emulator."""
    params = getattr(getattr(item, "callspec", None), "params", {})
    names = {*getattr(item, "fixturenames", ()), *map(str, params.values())}
    return not names.isdisjoint(_EMULATED)


_EMULATED = frozenset({"firestore_address", "firestore_client", "firestore", "cloud-tasks"})
